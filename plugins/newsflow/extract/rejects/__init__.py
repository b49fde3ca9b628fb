"""Which pages are no articles, and why.

Imports `page`, `fields` and what `body` made: a judgement rests on the lines that were kept. Nothing but
`document.py` imports it, so no rule of the body can depend on an outcome.
"""
