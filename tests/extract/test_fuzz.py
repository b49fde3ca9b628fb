"""Whatever the bytes, an extraction comes out: bounded, printable, the same twice."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsflow.extract.document import extract
from newsflow.extract.manifest import to_json
from newsflow.extract.row import values
from newsflow.model import Hints
from tests.extract.pages import PARAGRAPHS, page

_TAGS = """
p div h1 h2 a ul li table tr td br article form script style span blockquote title meta svg template iframe pre button
nav time figure
"""
TAGS = _TAGS.split()
ATTRIBUTES = [
    "class=related",
    "id=comments",
    "style='display:none'",
    "href=http://[::1",
    "itemprop=author",
    "datetime=9999-99-99",
    "property=og:title content=x",
    "type=application/ld+json",
    "hidden",
    "class='post-content'",
    'class="\x00"',
]

text = st.one_of(
    st.sampled_from(PARAGRAPHS),
    st.text(max_size=60),
    st.sampled_from(['{"@type":"NewsArticle"', "[[[[", "&#xD800;", "<!--", "]]>"]),
)
piece = st.one_of(
    st.builds(lambda t, a, x: f"<{t} {a}>{x}</{t}>", st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES), text),
    st.builds(lambda t, x: f"<{t}>{x}", st.sampled_from(TAGS), text),
    st.builds(lambda t: f"</{t}>", st.sampled_from(TAGS)),
    text,
)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(html: bytes) -> None:
    made = extract(html, "https://a.example/x")
    assert made == extract(html, "https://a.example/x")
    to_json(made).encode("utf-8")
    for value in (made.title, made.body, made.lead, made.section, *made.authors, *made.tags):
        assert "\x00" not in value
        value.encode("utf-8")
    assert len(values(made)[-1]) == 32
    assert len(made.detail) <= 500


@FEW
@given(st.lists(piece, max_size=40))
def test_any_markup(pieces: list[str]) -> None:
    check("".join(pieces).encode("utf-8", "surrogatepass"))


@FEW
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    check(data)


@FEW
@given(st.data())
def test_any_damage_to_a_page(data: st.DataObject) -> None:
    whole = page()
    at = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(at, min(len(whole), at + 200)))
    check(whole[:at] + data.draw(st.binary(max_size=50)) + whole[end:])


@FEW
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=50))
def test_any_hint(title: str, content: str, url: str) -> None:
    hints = Hints(title=title, content_html=content, content_type=content, language=title, authors=(title,))
    extract(page(), url, hints)
