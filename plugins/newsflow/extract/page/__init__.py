"""What a page holds before anything is judged: its characters, tree, blocks of text, metadata and names of regions.

The lowest of the four rooms of one page: imports none of the others. They stand one on the other,
`page` < `fields` < `body` < `rejects`; `document.py` joins them. import-linter keeps it so.
"""
