"""The database and the archive: connection, migrations, named queries, WARC files."""
