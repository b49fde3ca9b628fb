"""Files with lists of feeds, read in a child with limits: YAML and XML can grow without end."""

from __future__ import annotations

from newsflow.isolation.bounded_call import BoundedChild
from newsflow.isolation.limits import Finished, Limits
from newsflow.subscriptions.lists import Listed, ListError, decoded, read

MOST_BYTES = 20_000_000  # of a list; 100,000 feeds with all they are told
CHILD = Limits(cpu_s=20.0, memory_mb=512)  # of the child that reads one


def read_isolated(data: bytes, kind: str) -> list[Listed]:
    """The feeds of a file, each address once.

    :raises ListError: also where it is too large, or takes more time or memory than any list needs.
    """
    if len(data) > MOST_BYTES:
        raise ListError(f"the list has more than {MOST_BYTES // 1_000_000} MB: import it in parts")
    child = BoundedChild[list[Listed] | str]("newsflow.subscriptions.list_file:answer", CHILD)
    try:
        result = child.call(data, kind)
    finally:
        child.close()
    if not isinstance(result, Finished):
        raise ListError(f"the list can't be read within {CHILD.memory_mb} MiB and {CHILD.cpu_s:g} s")
    if isinstance(result.value, str):
        raise ListError(result.value)
    return result.value


def answer(data: bytes, kind: str) -> list[Listed] | str:
    """What the child says: the feeds, or why there are none."""
    try:
        return read(decoded(data), kind)
    except (ListError, ValueError, RecursionError) as error:
        return str(error) or "the list is nested too deeply"
