"""The fields of an article but its body: title, authors, dates, language and the rest.

Imports `page`. Each module gives a value and the source that won, and knows nothing of the others' values,
but that names of the site are no authors.
"""
