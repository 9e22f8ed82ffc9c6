"""Rolecall's triggers, one class per file. The triggerer imports them as ``rolecall.triggers.…``, outside any DAG bundle."""
