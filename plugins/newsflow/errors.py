"""The base of all errors that a user can mend."""

from __future__ import annotations


class NewsflowError(Exception):
    """Something that the user can put right; the message says what is wrong and what to do.

    The command line shows these in one line. Any other exception of ours is a fault of the program and keeps
    its traceback, so never raise this for what only a change of the code can mend.
    """
