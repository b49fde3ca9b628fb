"""Who publishers can write to: the setting, else what the home's user said once."""

from __future__ import annotations

import re
from contextlib import suppress

from newsflow.local.home import Home, write_private
from newsflow.local.terminal import Terminal
from newsflow.settings import Settings

_FORM = re.compile(r"https?://[^\s/]+\.[^\s]+|[^\s@]+@[^\s@]+\.[^\s@]+")
QUESTION = "Your contact for publishers (URL or e-mail, sent with each request; empty: none): "
NOBODY = (
    "! NEWSFLOW_CONTACT is not set: requests name nobody, and publishers who mind can only block them. "
    "Set it to a URL or an e-mail address of yours."
)


def is_contact(text: str) -> bool:
    """Whether a person can be reached at it.

    >>> [is_contact(text) for text in ("desk@example.org", "https://example.org/bot", "me", "")]
    [True, True, False, False]
    """
    return _FORM.fullmatch(text) is not None


def known(home: Home, settings: Settings) -> Settings:
    """The settings, with the contact that was given in this home where the environment names none."""
    if settings.contact:
        return settings
    with suppress(OSError):
        return settings.model_copy(update={"contact": home.contact_file.read_text(encoding="utf-8").strip()})
    return settings


def asked(home: Home, settings: Settings, show: Terminal) -> Settings:
    """As `known`; where there is none, ask for it on a terminal and keep it, and say elsewhere that it is missing."""
    found = known(home, settings)
    if found.contact:
        return found
    if said := _answer(show):
        write_private(home.contact_file, said)
        return found.model_copy(update={"contact": said})
    show.line(NOBODY)
    return found


def _answer(show: Terminal) -> str:
    """What a person types; empty without a terminal, or where they want none."""
    while said := show.ask(QUESTION).strip():
        if is_contact(said):
            return said
        show.line("That is neither a URL nor an e-mail address.")
    return ""
