"""Dates as feeds and pages write them, in any language: read for certain, or not at all. See `reading.py`."""
