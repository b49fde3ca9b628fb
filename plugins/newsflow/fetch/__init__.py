"""Fetch pages politely and store each exchange as a capture (WARC)."""
