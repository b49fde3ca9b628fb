"""What a laptop needs: an embedded PostgreSQL, a local Airflow and the sample newsroom."""
