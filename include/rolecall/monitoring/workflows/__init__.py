"""How Airflow's workflows do: failed tasks and runs, silent ones, and files that cannot be read."""
