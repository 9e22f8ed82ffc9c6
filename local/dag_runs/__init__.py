"""Airflow seen from outside: its REST API, whether its DAGs are read, and runs followed to their end."""
