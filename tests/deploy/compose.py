"""docker-compose.yml as its reader sees it: anchors merged, variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.paths import ROOT

FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?:(?P<kind>:-|:\?)(?P<rest>[^}]*))?\}")


class MissingVariableError(Exception):
    """`${NAME:?message}` without a value: Compose refuses to start."""


def services() -> dict[str, Any]:
    """The services with `<<` merged, variables not yet filled in."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]
    return found


def fill(value: Any, env: Mapping[str, str]) -> Any:
    """Compose's interpolation of `${A}`, `${A:-default}` and `${A:?message}`."""
    if isinstance(value, dict):
        return {key: fill(item, env) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, env) for item in value]
    return _VARIABLE.sub(lambda match: _one(match, env), value) if isinstance(value, str) else value


def _one(match: re.Match[str], env: Mapping[str, str]) -> str:
    given = env.get(match["name"], "")
    if given or match["kind"] != ":?":
        return given or (match["rest"] if match["kind"] == ":-" else "")
    raise MissingVariableError(match["rest"])


def variables() -> dict[str, set[str]]:
    """Name of each variable to the ways in which it is asked for: '', ':-' or ':?'."""
    found: dict[str, set[str]] = {}
    for match in _VARIABLE.finditer(FILE.read_text()):
        found.setdefault(match["name"], set()).add(match["kind"] or "")
    return found


def example(path: Path = ROOT / ".env.example") -> tuple[dict[str, str], set[str]]:
    """Variables that the example sets, and names that stand in it as comments."""
    lines = path.read_text().splitlines()
    pairs = [line.partition("=") for line in lines if re.match(r"[A-Z_]+=", line)]
    optional = {m[1] for line in lines if (m := re.match(r"# ([A-Z_]+)=", line))}
    return {name: value for name, _sign, value in pairs}, optional
