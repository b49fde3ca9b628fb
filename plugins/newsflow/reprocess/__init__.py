"""Reprocess: stored captures through a newer extractor, compared first, then applied, and undone if wished."""
