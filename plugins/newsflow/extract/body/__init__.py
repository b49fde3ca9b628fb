"""The body of an article: what the engine finds, placed on the page, filled up and cleaned."""
