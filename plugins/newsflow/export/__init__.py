"""Files for those who do not query: changes since a cursor, as Parquet, CSV or JSON lines."""
