"""docs/settings.md: each setting with its unit, bounds, default and meaning, and who reads it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from newsflow import resources
from newsflow.settings import GROUPS, PREFIX, USUAL, Settings, Unit

HEAD = """\
# Settings

Generated from `plugins/newsflow/settings.py` by `make docs`; do not edit.

A setting is an environment variable of the processes that run newsflow: Airflow's scheduler, its Dag processor, its API
server and its triggerer, and the shell in which you call `newsflow`. Each is read once, when a process starts; a wrong
value stops it with the variable's name. All have a default. An installation of your own usually sets these few:

{usual}

*Read by* names the rooms of the package (see [architecture.md](architecture.md)) that use a setting.
"""
TAIL = """
## Variables that are no settings

`NEWSFLOW_VERSION` is the tag of the image that `docker-compose.yml` builds and starts. `NEWSFLOW_LAUNCH` marks the
processes that a `newsflow up` started, so that the next one finds what a killed one left: don't set it.
"""
_TABLE = "| variable | default | unit | what | read by |\n|---|---|---|---|---|"
_NAMES = {"bool": "true or false", "Path": "folder", "frozenset": "list", "SecretStr": "text, secret", "str": "text"}
_SIGNS = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}"}


def render() -> str:
    """The whole page."""
    usual = [f"- `{variable(name)}`: {found.description}" for name, found in fields() if USUAL in found.metadata]
    groups = (f"\n## {group.__doc__}\n\n{_TABLE}\n" + "\n".join(_rows(group)) for group in GROUPS)
    return HEAD.format(usual="\n".join(usual)) + "\n".join(groups) + "\n" + TAIL


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def fields() -> Iterator[tuple[str, FieldInfo]]:
    """All settings, in the order of their groups."""
    yield from Settings.model_fields.items()


def _rows(group: type[BaseModel]) -> Iterator[str]:
    for name, found in group.model_fields.items():
        where = ", ".join(f"`{room}`" for room in readers().get(name, ()))
        yield f"| `{variable(name)}` | {_default(found)} | {unit(found)} | {_cell(found.description)} | {where} |"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _default(found: FieldInfo) -> str:
    if found.default_factory:
        return "see there"  # it depends on the installation
    value: Any = found.default.get_secret_value() if isinstance(found.default, SecretStr) else found.default
    if isinstance(value, frozenset):
        value = " ".join(sorted(value))
    return f"`{value if isinstance(value, str) else json.dumps(value)}`" if value != "" else "empty"


def unit(found: FieldInfo) -> str:
    """What a value counts and where its bounds are, such as `seconds, from 0 to 3600`."""
    named = next((mark.name for mark in found.metadata if isinstance(mark, Unit)), "")
    kind = getattr(found.annotation, "__name__", "").partition("[")[0]
    return ", ".join(filter(None, (named or _NAMES.get(kind, kind), " ".join(bounds(found)))))


def bounds(found: FieldInfo) -> Iterator[str]:
    """The bounds of a number, in words."""
    for sign, text in _SIGNS.items():
        for mark in found.metadata:
            limit = getattr(mark, sign, None)
            if limit is not None:
                yield text.format(f"{limit:,}".replace(",", " "))


@cache
def readers() -> Mapping[str, list[str]]:
    """Setting: the rooms that read it, straight or through a property of `Settings`."""
    found: dict[str, set[str]] = {name: set() for name in Settings.model_fields}
    through = _properties()
    for path, room in _modules():
        for name in _reads(ast.parse(path.read_text(encoding="utf-8"))):
            for setting in through.get(name, {name}) & found.keys():
                found[setting].add(room)
    return {name: sorted(rooms) for name, rooms in found.items()}


def _modules() -> Iterator[tuple[Path, str]]:
    """Our source files with their rooms; the Dag files are one."""
    package = resources.import_folder() / "newsflow"
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        if room not in {"settings", "reference", resources.DAGS}:
            yield path, room
    yield from ((path, resources.DAGS) for path in sorted(resources.dags_folder().glob("*.py")))


def _reads(tree: ast.AST) -> Iterator[str]:
    """Attributes of what is called settings: `settings.x`, `self._settings.x`, `get_settings().x`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_settings(node.value):
            yield node.attr


def _is_settings(node: ast.expr) -> bool:
    owner = node.func if isinstance(node, ast.Call) else node
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return name.endswith("settings") or name == "s"  # the short name where many are read at once


def _properties() -> dict[str, set[str]]:
    """Property of `Settings`: the settings that it reads."""
    source = (resources.import_folder() / "newsflow" / "settings.py").read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {
        function.name: reads
        for function in functions
        if (reads := {*_own_reads(function)} & Settings.model_fields.keys())
    }


def _own_reads(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            yield node.attr
