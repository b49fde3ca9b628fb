"""Publishers as people know them: what is known of each, by which names it is found, and what becomes of two."""
