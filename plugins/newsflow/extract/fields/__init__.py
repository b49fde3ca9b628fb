"""The fields of an article but its body: title, authors, dates, language and the rest."""
