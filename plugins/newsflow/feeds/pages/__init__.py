"""A section or home page read as a feed: which of its links lead to articles. Pure; see docs/decisions/0099."""
