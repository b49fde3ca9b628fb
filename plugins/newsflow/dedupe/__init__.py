"""Find the copies of a text across publishers and keep them as stories."""

ALGORITHM = 4  # version of normalisation, sketch and verification together, stored with each sketch and edge
