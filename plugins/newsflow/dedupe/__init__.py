"""Find the copies of a text across publishers and keep them as stories."""

import os

ALGORITHM = 4  # version of normalisation, sketch and verification together, stored with each sketch and edge

# No linear algebra here: numpy's threads for it would only spin, and be lost in the children that are forked.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
