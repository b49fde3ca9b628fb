"""What ties newsflow to Airflow: task bodies, the steps that Dags share, settings from Airflow, lineage."""
