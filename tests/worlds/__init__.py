"""Worlds and generators that tests and benchmarks share: invented publishers, wire copies, days of news."""
