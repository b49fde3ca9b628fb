"""Access that publishers granted: what is sent to an address of theirs, and to no other.

Kept apart from all else that a request says: it goes into the request of a hop, and never into an `Exchange`, so that
nothing that stores, logs or exports exchanges can know of it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from newsflow.settings import Settings, SettingsError
from newsflow.web.urls import BadUrl, origin_of, sendable

_MOST_BYTES = 1_000_000  # of the file
_KNOWN = {"url", "user", "password", "bearer", "headers", "cookies"}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2; a cookie's too (RFC 6265 §4.1.1)
# Names that decide how a request is read: a grant that set them could break the guard or the framing.
_OURS = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "cookie"}


@dataclass(frozen=True, slots=True)
class Grant:
    """What is sent to addresses of one origin whose path begins with `path`; secrets are in no `repr`."""

    origin: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    cookies: str = field(repr=False, default="")

    def covers(self, url: str) -> bool:
        """Whether an address of the origin, as it is sent, has the grant's path or one below it."""
        path = urlsplit(url).path or "/"
        return path == self.path or path.startswith(self.path if self.path.endswith("/") else self.path + "/")


class Access:
    """All grants; the longest path wins."""

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self._grants: dict[str, list[Grant]] = {}
        for grant in sorted(grants, key=lambda one: -len(one.path)):
            self._grants.setdefault(grant.origin, []).append(grant)

    def of(self, url: str) -> Grant | None:
        """The grant of an address, as it is sent; None for nearly all."""
        if not self._grants:
            return None
        return next((grant for grant in self._grants.get(origin_of(url), ()) if grant.covers(url)), None)


def load(settings: Settings) -> Access:
    """The grants of the settings: those of the secrets file, and those of Airflow's connections.

    :raises SettingsError: where one can't be used; the message names its place and no value.
    """
    found = grants(stated(settings), "NEWSFLOW_ACCESS")
    if settings.access_file:
        found += grants(_content(Path(settings.access_file).expanduser()), settings.access_file)
    return Access(found)


def stated(settings: Settings) -> list[Any]:
    """The entries that the settings hold themselves.

    :raises SettingsError: where they are no list.
    """
    try:
        given = json.loads(settings.access.get_secret_value() or "[]")
    except (ValueError, RecursionError):  # its message would quote the value
        raise SettingsError("NEWSFLOW_ACCESS is no JSON") from None
    return _several(given, "NEWSFLOW_ACCESS")


def _several(items: Any, place: str) -> list[Any]:
    if not isinstance(items, list):
        raise SettingsError(f"{place}: a list of entries with a url each is wanted")
    return items


def proxied(settings: Settings) -> frozenset[str]:
    """The origins that are asked through the proxy; none without one.

    :raises SettingsError: where the proxy or an origin can't be used.
    """
    if not settings.proxy_origins:
        return frozenset()
    parts = urlsplit(settings.proxy.get_secret_value())
    if parts.scheme != "http" or not parts.hostname:
        raise SettingsError("NEWSFLOW_PROXY: http://host:port is wanted, as NEWSFLOW_PROXY_ORIGINS names origins")
    try:
        return frozenset(map(origin_of, settings.proxy_origins))
    except BadUrl as error:
        raise SettingsError(f"NEWSFLOW_PROXY_ORIGINS: {error}") from None


def _content(file: Path) -> Any:
    try:
        with file.open("rb") as stream:
            if stat.S_IMODE(os.fstat(stream.fileno()).st_mode) & 0o077:
                raise SettingsError(f"{file} can be read by others: chmod 600 {file}")
            return yaml.safe_load(stream.read(_MOST_BYTES))
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror or type(error).__name__}") from None
    except (yaml.YAMLError, ValueError, RecursionError):  # its message would quote the file
        raise SettingsError(f"{file} is no YAML") from None


def grants(items: Any, place: str) -> list[Grant]:
    """Grants from plain values: a list of mappings with `url`, and user and password, bearer, headers or cookies.

    :param place: where they stand, for the message.
    :raises SettingsError: naming the number of the entry that can't be used.
    """
    return [_grant(item, f"{place}, entry {number}") for number, item in enumerate(_several(items, place), 1)]


def _grant(item: Any, place: str) -> Grant:
    if not isinstance(item, Mapping) or not isinstance(item.get("url"), str):
        raise SettingsError(f"{place}: a url is wanted")
    unknown = sorted(map(str, set(item) - _KNOWN))
    if unknown:
        raise SettingsError(f"{place}: {', '.join(unknown)} is not known; known are {', '.join(sorted(_KNOWN))}")
    try:
        url = sendable(item["url"])
    except BadUrl as error:
        raise SettingsError(f"{place}: {error}") from None
    headers = {**_credentials(item, place), **_texts(item.get("headers"), place)}
    if wrong := sorted(name for name in headers if name.lower() in _OURS):
        raise SettingsError(f"{place}: {', '.join(wrong)} can't be set; cookies have an entry of their own")
    cookies = "; ".join(f"{name}={value}" for name, value in _texts(item.get("cookies"), place).items())
    if not headers and not cookies:
        raise SettingsError(f"{place}: it grants nothing: user and password, bearer, headers or cookies are wanted")
    return Grant(origin_of(url), urlsplit(url).path or "/", headers, cookies)


def _credentials(item: Mapping[str, Any], place: str) -> dict[str, str]:
    """Basic authentication (RFC 7617) or a bearer token (RFC 6750)."""
    if "user" in item or "password" in item:
        user, password = str(item.get("user") or ""), str(item.get("password") or "")
        if ":" in user or not (user + password).isprintable():
            raise SettingsError(f"{place}: such a user or password can't be sent")
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return _texts({"Authorization": f"Bearer {item['bearer']}"}, place) if item.get("bearer") else {}


def _texts(values: Any, place: str) -> dict[str, str]:
    """Names and values that a header can hold."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise SettingsError(f"{place}: names with their values are wanted")
    found = {str(name): str(value) for name, value in values.items()}
    if not all(_NAME.fullmatch(name) and _can_be_sent(value) for name, value in found.items()):
        raise SettingsError(f"{place}: a name or value can't be sent in a header")
    return found


def _can_be_sent(value: str) -> bool:
    return bool(value) and value.isascii() and value.isprintable()
