"""newsflow: feeds in, clean and deduplicated news articles in PostgreSQL out."""

__version__ = "0.1.0"
