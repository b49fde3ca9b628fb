"""Which pages are no articles, and why."""
