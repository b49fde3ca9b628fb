"""The one door to the web: canonical URLs, the guarded transport, robots.txt and pace. Poll and fetch share it."""
