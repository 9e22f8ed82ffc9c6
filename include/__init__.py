"""The domain of Rolecall: plain Python over Postgres and HTTP. Only ``assets`` and ``defaults`` know Airflow."""
