"""Rolecall's Airflow pieces: hooks, operators, sensors, triggers, notifiers. Imported as ``rolecall.…``, never executed as plugins."""
