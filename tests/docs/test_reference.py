"""The settings and commands: their pages are fresh, and no page names what is not there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsflow.reference import commands_page, settings_page
from newsflow.reference.__main__ import PAGES
from newsflow.settings import PREFIX, Settings
from tests.paths import ROOT

DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# what people set or meet: the code, the Dags, and what deploys them
SOURCES = [
    *(ROOT / "plugins" / "newsflow").rglob("*.py"), *(ROOT / "dags").glob("*.py"), *(ROOT / "deploy").rglob("*.sh"),
    ROOT / "docker-compose.yml", ROOT / "Dockerfile", ROOT / ".env.example",
]  # fmt: skip
VARIABLE = re.compile(rf"\b{PREFIX}[A-Z][A-Z_]*[A-Z]\b(?!_)")
SET_BY_TESTS = {"NEWSFLOW_SCREENSHOTS", "NEWSFLOW_SHARED"}
COMMANDS = dict(commands_page.commands())


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_fresh(name: str) -> None:
    assert text(ROOT / name) == PAGES[name](), f"{name} is stale: run `make docs`"


def test_every_verb_and_option_stands_in_a_page() -> None:
    shown = "\n".join(map(text, DOCS))
    missing = [words for words in COMMANDS if f"newsflow {words}" not in shown]
    sections = dict(re.findall(r"^##+ newsflow ([a-z -]+)\n(.*?)(?=^##|\Z)", shown, re.MULTILINE | re.DOTALL))
    for words, command in COMMANDS.items():
        names = [name for found in commands_page.options(command) for name in found.opts if name.startswith("--")]
        missing += [f"{words} {name}" for name in names if f"`{name}`" not in sections[words]]
    assert missing == []


def test_every_variable_stands_in_a_page() -> None:
    shown = {name for page in DOCS for name in VARIABLE.findall(text(page))}
    used = {name for path in SOURCES for name in VARIABLE.findall(text(path))}
    assert sorted((used | {*map(settings_page.variable, Settings.model_fields)}) - shown) == []


def test_no_page_names_a_variable_that_is_not_there() -> None:
    there = {*map(settings_page.variable, Settings.model_fields)} | SET_BY_TESTS
    there |= set(VARIABLE.findall(settings_page.TAIL))
    assert sorted({name for page in DOCS for name in VARIABLE.findall(text(page))} - there) == []


def calls(page: str) -> Iterator[list[str]]:
    """The words after `newsflow` in code: in a line of text, or at the begin of a line of a block."""
    blocks = re.findall(r"^```(?:sh|console|bash)?\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in re.findall(r"^\s*(?:\$ )?(newsflow .*)$", block, re.MULTILINE)]
    for call in [*re.findall(r"`(newsflow [^`\n]+)`", page), *lines]:
        try:
            yield shlex.split(call, comments=True)[1:]
        except ValueError:  # half a quotation, where a command goes on in the next line
            yield call.split()[1:]


def unknown(words: list[str]) -> str:
    """What of a call the command line would not know; empty where all is known."""
    if not words or not re.fullmatch(r"[a-z][a-z-]*", words[0]):
        return ""
    verb = words.pop(0)
    while hasattr(COMMANDS.get(verb), "commands") and words and re.fullmatch("[a-z][a-z-]*", words[0]):
        verb = f"{verb} {words.pop(0)}"
    if verb not in COMMANDS:
        return verb
    return next((f"{verb} {word}" for word in words if not known(COMMANDS[verb], word)), "")


def known(command: Any, word: str) -> bool:
    name = word.partition("=")[0].rstrip(",;.")
    names = {name for found in command.params for name in (*found.opts, *found.secondary_opts)}
    return not re.fullmatch(r"--[a-z-]+", name) or name in {"--help", *names} or hasattr(command, "commands")


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_verbs_and_options_that_are_there(page: Path) -> None:
    assert [wrong for words in calls(text(page)) if (wrong := unknown(words))] == []


def test_what_is_not_there_would_be_found() -> None:
    page = "`newsflow feeds frob`, `newsflow run --frob`, `newsflow frob`\n```sh\nnewsflow up --run  # fine\n```\n"
    assert [unknown(words) for words in calls(page)] == ["feeds frob", "run --frob", "frob", ""]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained_bounded_and_read(name: str) -> None:
    found = Settings.model_fields[name]
    assert found.description and len(found.description) >= 8
    assert settings_page.unit(found)
    assert settings_page.readers()[name], f"nothing reads {name}"
    if found.annotation in {int, float}:
        limits = list(settings_page.bounds(found))
        assert len(limits) == 2, f"{name} has no bounds on both sides: {limits}"
