"""Operations: the pages in the Airflow UI, publishers' health, alarms and their messages."""
