"""Captures to extractions: one page's bytes to title, body, fields and an outcome.

`document.extract` is the pure part, made of four rooms (`page`, `fields`, `body`, `rejects`); `pool` runs it in
processes that can be killed; `step` reads captures and stores rows.
"""
