"""Turn captures into extractions: title, body, authors, dates, language, or a typed outcome."""
