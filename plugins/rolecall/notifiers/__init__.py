"""Rolecall's notifiers, one class per file: for ``on_failure_callback`` and deadlines of any DAG."""
