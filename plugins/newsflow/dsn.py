"""The address of the database. Whoever gives it, it is read here, and no message ever quotes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from newsflow.errors import NewsflowError

ADVICE = (
    "write it as postgresql://user:password@host:5432/name, with the signs % / @ : ? # [ ] of a password"
    " as %25 %2F %40 %3A %3F %23 %5B %5D"
)
# postgresql+psycopg2:// is SQLAlchemy's way of writing it, postgres:// Airflow's
_SCHEME = re.compile(r"postgres(?:ql)?(?:\+[a-z0-9_]+)?://", re.IGNORECASE)
_HOST = re.compile(r"[\w.:%/-]*")
_QUOTED = re.compile(r'(user|role|database) "[^"]*"')


class DsnError(NewsflowError):
    """An address that can't be read; the message says why, and quotes nothing of it."""

    def __init__(self, why: str) -> None:
        """`why` must not hold anything of the address."""
        super().__init__(f"the database's address can't be read ({why}): {ADVICE}")


def normal(given: str) -> str:
    """An address as libpq writes it: its own URLs and keyword strings as they are, SQLAlchemy's without their driver.

    :raises DsnError: where it can't be read, or where a part of a password seems to stand in another place.
    """
    dsn = given.strip()
    if begin := _SCHEME.match(dsn):
        dsn = "postgresql://" + _libpq_query(dsn[begin.end() :])
    parts(dsn)
    return dsn


def _libpq_query(rest: str) -> str:
    """asyncpg's `ssl=require` is libpq's `sslmode=require`."""
    place, mark, query = rest.partition("?")
    if "ssl=" not in query:
        return rest
    pairs = [("sslmode" if key == "ssl" else key, value) for key, value in parse_qsl(query, keep_blank_values=True)]
    return f"{place}{mark}{urlencode(pairs)}"


def parts(dsn: str) -> dict[str, str]:
    """The keywords of an address and their values, as libpq reads them.

    :raises DsnError: as `normal`.
    """
    import psycopg2  # late: settings are also read where there is no database
    from psycopg2.extensions import parse_dsn

    try:
        found = {key: str(value) for key, value in parse_dsn(dsn).items()}
    except (psycopg2.Error, ValueError, TypeError):
        raise DsnError("libpq does not understand it") from None
    if why := _misplaced(dsn, found):
        raise DsnError(why)
    return found


def _misplaced(dsn: str, found: Mapping[str, str]) -> str:
    """What is wrong with parts that libpq takes, and would quote when it can't connect; empty where nothing is."""
    if any(not port.isdigit() for port in found.get("port", "").split(",") if port):
        return "its port is not a number"
    if not all(_HOST.fullmatch(name) for name in found.get("host", "").split(",")):
        return "its host is not a name"
    authority, _slash, after = dsn.partition("?")[0].partition("://")[2].partition("/")
    if authority.count("@") > 1 or "@" in after:
        return "an @ stands in a wrong place"
    return ""


def unquoted(message: str, found: Mapping[str, str]) -> str:
    """A message of libpq without what may be secret: without a password, what stands for the user may hold it."""
    if password := found.get("password", ""):
        return message.replace(password, "…") if len(password) > 3 else message
    return _QUOTED.sub(r"this \1", message)
