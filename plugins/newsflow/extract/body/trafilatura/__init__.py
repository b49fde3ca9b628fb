"""The one door to trafilatura: nothing else in newsflow imports it.

We call its first stage, which is no public API, and put our own walks into the places of some of its XPaths. So a
new release may break us without a word: `pyproject.toml` pins it, and `tests/architecture/test_bounds.py` names the
release that was looked at. `door` gives lines of text; `pruning` and `xpaths` are two of trafilatura's rules, made
fast.
"""
