-- The rolecall database is made by the image; Airflow's own stands beside it.
create database airflow owner rolecall;
