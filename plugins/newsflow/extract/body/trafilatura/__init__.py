"""The one door to trafilatura: nothing else in newsflow imports it.

We call its first stage, which is no public API, and put our own walks into the places of some of its XPaths. So a
new release may break us without a word: `door.TESTED` names the one that the tests here ran with, and
`pyproject.toml` pins it. `door` gives lines of text; `pruning` and `xpaths` are two of trafilatura's rules, made fast.
"""
