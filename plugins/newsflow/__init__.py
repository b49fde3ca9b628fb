"""newsflow: feeds in, clean and deduplicated news articles in PostgreSQL out."""

__version__ = "1.0.0"  # the only place: the wheel, the User-Agent and `newsflow --version` read it here

# How we name ourselves to web servers and in WARC files. Without the patch level, so that publishers' rules and
# the bytes of captures don't change with each bug fix.
PRODUCT = f"newsflow/{__version__.rpartition('.')[0]}"
