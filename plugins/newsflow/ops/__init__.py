"""The operations pages inside the Airflow UI, and the alarms."""
