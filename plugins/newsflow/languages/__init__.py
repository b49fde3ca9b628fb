"""The words of the news, one file a language: pure data, and the one module that reads it.

`xx.yaml` (an ISO 639-1 code) maps names of lists to words and phrases; `common.yaml` holds what is no
language's: marks and brands. Each list is the union over all files, because pages mix languages, and
most don't say truly which is theirs. A new language is one new file. `lists.LISTS` says what each list is
for and how its entries are read; `tests/languages/` checks each file and tries each phrase on a page.

Imports only the door to the package's files; extract and dedupe import it.
"""
