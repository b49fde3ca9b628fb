"""Bring in articles that somebody already has as rows: JSON lines, CSV or Parquet."""
