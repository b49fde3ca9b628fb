"""The body of an article: what the engine finds, placed on the page, filled up and cleaned.

Imports `page`, and of `fields` how titles are compared. `completeness` makes the lines, `placement` finds them on
the page, `filling` adds what was left out among them, `cleaning` (with `regions`) marks what is cut and why, `arbiter`
takes another's lines where they are better, `deck` and `embedded_json` add what was left out elsewhere.
"""
