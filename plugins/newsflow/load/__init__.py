"""Load new and changed articles into the analysts' schema, atomically and once."""
