"""The embedded stack: Postgres, Redis, services, sandbox and Airflow on one machine, started and stopped as one."""
