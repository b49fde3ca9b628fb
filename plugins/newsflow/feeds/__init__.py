"""Feeds as a pure library: bytes in, entries out; RSS, Atom, JSON Feed, sitemaps."""
