"""Pure text: normalisation shared by extraction and deduplication."""
