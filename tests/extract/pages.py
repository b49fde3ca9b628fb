"""Pages for the tests, written here; nothing of them is anyone's article."""

from __future__ import annotations

import html as escape

PARAGRAPHS = (
    "The harbour council of Westmere voted on Tuesday night to rebuild the old ferry pier, ending a dispute that had "
    "divided the town for almost nine years and cost two mayors their office.",
    "Under the plan, work will begin in the spring, and the first boats should land again by the following autumn, "
    "said Ingrid Solvang, who leads the council's planning group.",
    "Fishermen had feared that the new pier would close the northern channel. The final drawings move it forty metres "
    "to the south, which leaves the channel open at every tide.",
    "The project is expected to cost 14.6 million crowns, of which the region pays a third. The remainder comes from a "
    "loan that the town will repay over twenty years.",
)


def page(
    body: str = "",
    *,
    title: str = "Westmere rebuilds its ferry pier",
    head: str = "",
    before: str = "",
    after: str = "",
    language: str = "en",
) -> bytes:
    """A whole document around an article's mark-up; the default is a plain article of four paragraphs."""
    body = body or "".join(f"<p>{escape.escape(p)}</p>" for p in PARAGRAPHS)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape.escape(title)}</title>{head}"
        f'</head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>{before}<article><h1>'
        f"{escape.escape(title)}</h1>{body}</article>{after}<footer>© The Westmere Courier</footer></body></html>"
    ).encode()


COMMENT_FORM = (
    '<div id="respond"><h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked *'
    "</p><form><textarea></textarea><input type=submit></form></div>"
)
