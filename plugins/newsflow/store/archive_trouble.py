"""What stops the archive as a whole: it is not there, it is full, it may not be written."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from newsflow.errors import NewsflowError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


class ArchiveGoneError(NewsflowError):
    """The archive is not where the settings say: nothing can be said of what it holds."""


class ArchiveWriteError(NewsflowError, OSError):
    """The archive can't be written; what it holds is safe, and the same step run again goes on."""

    def __str__(self) -> str:
        return str(self.strerror)


@contextmanager
def writing(place: str) -> Iterator[None]:
    """Say what a failed write means for people.

    :raises ArchiveWriteError: for what the system says of the place; `FileExistsError` stays what it is.
    """
    try:
        yield
    except (FileExistsError, ArchiveWriteError):
        raise
    except OSError as error:
        raise ArchiveWriteError(error.errno or errno.EIO, _sentence(error, place)) from error


def _sentence(error: OSError, place: str) -> str:
    said = error.strerror or str(error)
    if error.errno in _FULL:
        cure = "Make room, or see newsflow archive prune"
        return f"the archive is full ({place}: {said}). {cure}; then run again, nothing stored is lost"
    if error.errno in _FORBIDDEN:
        cure = "Let this user write there, or mend NEWSFLOW_ARCHIVE"
        return f"the archive can't be written ({place}: {said}). {cure}; then run again, nothing stored is lost"
    return f"the archive can't be written ({place}: {said})"
