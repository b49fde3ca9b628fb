"""Backfill: the past comes in through the same door, from WARC files, sitemaps and lists of URLs."""
