"""Pages of one made-up publisher whose boxes have plain names: only other pages tell which of them hold the text."""

from __future__ import annotations

from tests.extract.texts import TEXTS

CODES = ("en", "de", "fr", "es", "pt", "pl")
SITE_LINE = "The Courier is read on both shores of the sound."


def paged(number: int, readers: int = 4) -> bytes:
    """An article in one box, and readers' letters in a row of further ones, each with a name and a day."""
    text = TEXTS[CODES[number % len(CODES)]]
    lines = "".join(f"<p>{line}</p>" for line in (*text.paragraphs, closing(number)))
    letters = "".join(
        f'<div class="piece"><div>{named(number, n)} 2026-05-{n + 1:02} 10:4{n}</div><p>{letter(number, n)}</p></div>'
        for n in range(readers)
    )
    return (
        f"<html><head><title>Headline number {number} of the day</title></head><body>"
        f"<div class='outer'><h1>Headline number {number} of the day</h1>"
        f"<div class='inner'>{lines}<p>{SITE_LINE}</p></div>"
        f"{letters}</div></body></html>"
    ).encode()


def letter(number: int, reader: int) -> str:
    """What a reader wrote below an article; no two are alike."""
    return (
        f"I have lived in {named(number, reader)} street for all my years and never saw anything like it, whatever "
        f"the mayor says of it, and I shall vote for nobody who speaks of quay {named(reader, number)} in such words."
    )


def closing(number: int) -> str:
    """The last line of an article's own text; no two are alike."""
    return (
        f"The club of {named(number, 9)} has asked for a hearing before the summer, and the council has told its "
        f"members that they will be heard in the hall of {named(number, 10)} on a day that is still to be found."
    )


def named(number: int, reader: int) -> str:
    """A word of its own for each pair: digits would make lines of one template of them."""
    return f"{chr(97 + number) * 3}{chr(97 + reader) * 2}"


def article(number: int, box: str, below: str) -> bytes:
    """A page of three paragraphs, in place of `{text}` in `box`, and of what stands below it."""
    lines = "".join(f"<p>{letter(number, n)}</p>" for n in range(3))
    head = f"Headline number {named(number, 0)} of the day"
    return (
        f"<html><head><title>{head}</title></head><body><div class='outer'><h1>{head}</h1>"
        f"{box.format(text=lines)}{below}</div></body></html>"
    ).encode()


def boxed(number: int, part: str) -> bytes:
    """A lead of two paragraphs, and below it the article's parts, each in a box of one class."""
    parts = (part.format(n=n, name=named(number, n), text=letter(number, n)) for n in range(2, 9))
    below = "".join(f"<div class='part'>{one}</div>" for one in parts)
    lead = f"<p>{letter(number, 0)}</p><p>{letter(number, 1)}</p>"
    return article(number, f"<div class='lead'>{lead}</div>", below)
