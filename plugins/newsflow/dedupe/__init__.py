"""Find the copies of a text across publishers and keep them as stories."""
