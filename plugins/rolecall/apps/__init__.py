"""Apps that Airflow's web server mounts."""
