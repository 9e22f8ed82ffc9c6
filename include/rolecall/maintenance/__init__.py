"""Airflow's tables and ours, and Airflow's log files, kept to their ages."""

__all__ = ["maintain"]
