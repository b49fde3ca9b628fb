"""docs/commands.md: each verb of `newsflow` with its arguments, options and exit codes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer

from newsflow import cli

HEAD = """\
# Commands

Generated from the command line itself by `make docs`; do not edit. `newsflow VERB --help` shows the same.

{doc}
"""
_TABLE = "| option | takes | what |\n|---|---|---|"


def render() -> str:
    """The whole page."""
    doc = inspect.cleandoc(cli.__doc__ or "")
    index = (f"| [`newsflow {name}`](#newsflow-{name}) | {text} |" for name, (_, _, text) in cli.COMMANDS.items())
    parts = [HEAD.format(doc=doc), "| verb | does |\n|---|---|", *index]
    return "\n".join([*parts, *(_section(words, command) for words, command in commands())]) + "\n"


def commands() -> Iterator[tuple[str, Any]]:
    """All verbs, such as `backfill run`, with their click commands."""
    for name in cli.COMMANDS:
        top: Any = typer.main.get_command(cli.build(name))
        yield from _below(name, top.commands[name])


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield words, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from _below(f"{words} {name}", sub)


def options(command: Any) -> list[Any]:
    """The arguments and options of a command, without `--help`."""
    return [found for found in command.params if not found.hidden]


def _section(words: str, command: Any) -> str:
    level = "##" if " " not in words else "###"
    found = options(command)
    arguments = "".join(f" {_usage(one)}" for one in found if not _is_option(one))
    lines = [f"\n{level} newsflow {words}\n", inspect.cleandoc(command.help or "").strip()]
    if arguments:
        lines.append(f"\n`newsflow {words}{arguments}`")
    if found:
        types = _types(command)
        lines += [f"\n{_TABLE}", *(_row(one, types.get(one.name, str)) for one in found)]
    return "\n".join(lines)


def _is_option(found: Any) -> bool:
    return bool(found.opts[0].startswith("-"))


def _usage(found: Any) -> str:
    name = _argument_name(found) + ("…" if found.nargs == -1 else "")
    return name if found.required else f"[{name}]"


def _argument_name(found: Any) -> str:
    return str(found.metavar or found.name).upper()


def _row(found: Any, kind: Any) -> str:
    names = [*found.opts, *found.secondary_opts] if _is_option(found) else [_argument_name(found)]
    shown = ", ".join(f"`{name}`" for name in names)
    return f"| {shown} | {_takes(found, kind)} | {_cell(_meaning(found))} |"


def _types(command: Any) -> dict[str, Any]:
    """The types of a command's arguments, as its function declares them, without what Typer is told beside."""
    if command.callback is None:
        return {}
    shown = inspect.signature(command.callback, eval_str=True).parameters
    return {name: _bare(one.annotation) for name, one in shown.items()}


def _bare(kind: Any) -> Any:
    """`int` of `Annotated[int | None, …]`, `str` of `list[str]`."""
    if get_origin(kind) is Annotated or get_origin(kind) in {list, Union, UnionType}:
        return _bare(next(one for one in get_args(kind) if one is not type(None)))
    return kind


_WORDS = {"str": "text", "int": "number", "float": "number", "Path": "file or folder", "datetime": "day"}


def _takes(found: Any, kind: Any) -> str:
    """What is given with an option: nothing, one of some choices, or a kind of value with its bounds."""
    if kind is bool:
        return "–"
    if found.metavar and _is_option(found):
        return str(found.metavar)
    if get_origin(kind) is Literal:
        return " or ".join(f"`{one}`" for one in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(f"`{one.value}`" for one in kind)
    bounds = ((word, getattr(found, name, None)) for word, name in (("from", "min"), ("to", "max")))
    return " ".join([_WORDS.get(kind.__name__, kind.__name__), *(f"{word} {b}" for word, b in bounds if b is not None)])


def _meaning(found: Any) -> str:
    text = str(found.help or "").strip()
    several = getattr(found, "multiple", False) or found.nargs == -1
    notes = [
        "Required." if found.required and _is_option(found) else "",
        "May be repeated." if several and "repeated" not in text else "",
        f"Default: {found.default}." if _has_default(found) else "",
    ]
    return " ".join(filter(None, [text, *notes]))


def _has_default(found: Any) -> bool:
    return found.default not in {None, "", False} and not isinstance(found.default, list | tuple)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
