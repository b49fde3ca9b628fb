"""Damaged and modern mark-up, read as browsers read it: nothing after it is lost, nothing comes twice."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from newsflow.extract.page import markup
from newsflow.outcomes import Outcome
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
TEXT = TEXTS["en"].paragraphs
OWN = "".join(f"<p>{p}</p>" for p in TEXT)


def read(body: str, head: str = "") -> list[str]:
    found = extract(f"<!doctype html><html lang=en><head><title>Pier</title>{head}</head><body>{body}".encode(), URL)
    assert found.outcome is Outcome.OK, found.detail
    return found.body.split("\n")


@pytest.mark.parametrize("opened", [
    "<noscript><div></noscript>", "<noscript><div class=a><div></div></noscript>", "<noscript><table></noscript>",
    "<NOSCRIPT><div></NOSCRIPT>", "<noscript><iframe></iframe><div id=x><p>Please</p></noscript>",
    "<button><div></button>", "<nav><button><span><div><i></i></button></nav>", "<aside><div></aside>",
    "<header><ul><li><div></ul></header>", "<footer><section><div></section></footer>",
])  # fmt: skip
@pytest.mark.parametrize("place", ["before", "within"])
def test_a_div_left_open_there_takes_nothing_with_it(opened: str, place: str) -> None:
    first, rest = (opened, "") if place == "before" else ("", opened)
    made = read(f"<h1>Pier</h1>{first}<main><p>{TEXT[0]}</p>{rest}<p>{TEXT[1]}</p><p>{TEXT[2]}</p></main>")
    assert made == list(TEXT)


def test_an_even_page_is_left_as_it_is() -> None:
    page = "<div><noscript><p>a</p></noscript><button><div></div></button></div>"
    assert markup.mended(page) is page


@pytest.mark.parametrize("host", ["news-body", "div", "x-article class=story"])
@pytest.mark.parametrize("mode", ["shadowrootmode=open", "shadowrootmode='closed'", "shadowroot=open"])
def test_a_declared_shadow_is_text(host: str, mode: str) -> None:
    shadow = f"<template {mode}><style>p{{color:red}}</style><article>{OWN}</article></template>"
    assert read(f"<h1>Pier</h1><{host}>{shadow}</{host.split(maxsplit=1)[0]}>") == list(TEXT)


@pytest.mark.parametrize("prefix", ["", "page-"])
@pytest.mark.parametrize("kind", ["B", "P"])
@pytest.mark.parametrize("number", ["0", "1f"])
def test_a_part_that_came_late_stands_in_its_place(prefix: str, kind: str, number: str) -> None:
    place = f'<!--$?--><template id="{prefix}{kind}:{number}"></template><!--/$-->'
    late = f'<div hidden id="{prefix}S:{number}"><p>{TEXT[1]}</p></div><script>$RC("{kind}:0","S:0")</script>'
    assert read(f"<h1>Pier</h1><main><p>{TEXT[0]}</p>{place}<p>{TEXT[2]}</p></main><footer>©</footer>{late}") == list(
        TEXT
    )


def test_a_late_part_may_hold_another_ones_place_or_words_of_a_sentence() -> None:
    first, rest = TEXT[1][:40], TEXT[1][40:]
    late = (
        f'<div hidden id="S:0"><p>{TEXT[0]}</p><p>{first}<template id="P:2"></template></p></div>'
        f'<div hidden id="S:2">{rest}</div><div hidden id="S:3"><p>{TEXTS["de"].paragraphs[0]}</p></div>'
    )
    assert read(f'<h1>Pier</h1><main><template id="B:0"></template><p>{TEXT[2]}</p></main>{late}') == list(TEXT)


def test_a_template_is_not() -> None:
    other = f"<template><p>{TEXTS['de'].paragraphs[0]}</p></template>"
    assert read(f"<h1>Pier</h1><div>{OWN}{other}</div>") == list(TEXT)


@pytest.mark.parametrize("frame", [
    "<noscript>{}</noscript>", "<div id=app></div><noscript><div class=entry>{}</div></noscript>",
    "<template id=story>{}</template>", "<aside class=content>{}</aside>", "<form action=/x>{}</form>",
    "<header>{}</header>", "<details><summary>Read</summary>{}</details>", "<dialog open>{}</dialog>",
    "<footer class=footer><div>{}</div></footer>", "<nav>{}</nav>",
])  # fmt: skip
def test_what_there_is_of_a_text_is_the_text(frame: str) -> None:
    assert read(f"<a href=/>Courier</a><h1>Pier</h1>{frame.format(OWN)}")[-3:] == list(TEXT)


def test_a_text_in_headings_is_text() -> None:
    for tag in ("h2", "h3", "h5"):
        assert read("<h1>Pier</h1>" + "".join(f"<{tag}>{p}</{tag}>" for p in TEXT)) == list(TEXT)


def test_where_nothing_is_but_a_line_on_scripts_there_is_no_text() -> None:
    asks = (
        "You need to enable JavaScript to run this app. Please switch on JavaScript in your browser and load it again."
    )
    found = extract(f"<title>Pier</title><div id=root></div><noscript><p>{asks}</p></noscript>".encode(), URL)
    assert found.outcome is Outcome.NEEDS_JAVASCRIPT


@pytest.mark.parametrize(("written", "read_as"), [
    ("Hald &amp;amp; Sons", "Hald & Sons"), ("it was &amp;quot;ready&amp;quot;", 'it was "ready"'),
    ("town&amp;#8217;s", "town’s"), ("a&amp;nbsp;b", "a b"), ("caf&amp;eacute;", "café"), ("a &amp;mdash; b", "a — b"),
])  # fmt: skip
def test_what_was_escaped_twice_comes_once(written: str, read_as: str) -> None:
    line = "The council said that {} would be on the agenda of its next meeting in May."
    # one entity that no page writes on purpose tells that the page was escaped twice
    made = read(f"<h1>Pier</h1><p>{line.format(written)}</p>{OWN}<p>{TEXT[0][:-1]}, R&amp;amp;D said.</p>")
    assert made[:2] == [line.format(read_as), TEXT[0]]
    assert sum("on the agenda" in text for text in made) == 1


@pytest.mark.parametrize("ruby", [
    "<ruby><rb>辺見</rb><rp>（</rp><rt>へんみ</rt><rp>）</rp></ruby>", "<ruby>辺見<rt>へんみ</rt></ruby>",
    "<ruby>辺<rt>へん</rt>見<rt>み</rt></ruby>", "<ruby>辺見<rtc><rt>へんみ</rt></rtc></ruby>",
])  # fmt: skip
def test_a_reading_aid_breaks_no_sentence(ruby: str) -> None:
    text = TEXTS["ja"].paragraphs
    made = read(
        f"<h1>Pier</h1><p>委員会の{ruby}委員長は火曜日、桟橋の再建を発表した。</p>"
        + "".join(f"<p>{p}</p>" for p in text)
    )
    assert made == ["委員会の辺見委員長は火曜日、桟橋の再建を発表した。", *text]


@pytest.mark.parametrize(("written", "read_as"), [
    ('closed in 1953 too.<sup><a href="#fn1" id="r1">1</a></sup> Nobody', "closed in 1953 too.[1] Nobody"),
    ("was hurt<sup>2</sup>, the minutes say", "was hurt[2], the minutes say"),
    ('the town<sup class="footnote-ref">*</sup> grew', "the town[*] grew"),
    ('the town<sup role="doc-noteref">12</sup> grew', "the town[12] grew"),
    ('the town<sup id="cite_ref-1"><a href="/x#cite-1">[1]</a></sup> grew', "the town[1] grew"),
    ("ten metres<sup>2</sup> of floor", "ten metres2 of floor"),
    ("about 40 km<sup>2</sup> burnt", "about 40 km2 burnt"),
    ("and 10<sup>6</sup> of them", "and 106 of them"),
    ("on the 1<sup>st</sup> of May", "on the 1st of May"),
])  # fmt: skip
def test_marks_of_footnotes_are_no_part_of_words(written: str, read_as: str) -> None:
    line = "The council of the town said that {} and that this would stay so."
    assert read(f"<h1>Pier</h1><p>{line.format(written)}</p>{OWN}")[0] == line.format(read_as)


@pytest.mark.parametrize("button", [
    "<button>county court</button>", "<button type=button class=gloss><span>county court</span></button>",
])  # fmt: skip
def test_a_term_in_a_button_is_text(button: str) -> None:
    made = read(
        f"<h1>Pier</h1><p>They said that the {button} must agree to the plan before the work can begin.</p>{OWN}"
    )
    assert made[0] == "They said that the county court must agree to the plan before the work can begin."


def test_other_buttons_are_not() -> None:
    bar = "<p>Share <button>Facebook</button> <button>Mail</button></p><p><button>Read on</button> now</p>"
    assert not {"Facebook", "Mail", "Read on"} & set(" ".join(read(f"<h1>Pier</h1>{OWN}{bar}")).split())


def test_loose_text_in_a_layout_table_is_text() -> None:
    loose = f"<h1>Pier</h1><font size=2>{TEXT[0]}<p>{TEXT[1]}<p>{TEXT[2]}</font>"
    cells = (
        f"<td width=150><a href=/n>News</a><br><a href=/s>Sport</a></td><td>{loose}</td><td>Weather: 12 degrees</td>"
    )
    assert read(f"<table width=100%><tr>{cells}</tr></table>") == list(TEXT)


@pytest.mark.parametrize("target", ['<a name="p{}">{}</a>', '<a id="p{}" class="anchor">{}</a>', '<a name="p{}">{}'])
def test_the_target_of_a_link_is_no_link(target: str) -> None:
    body = "".join(f"<p>{target.format(number, text)}</p>" for number, text in enumerate(TEXT))
    assert read(f"<article><h1>Pier</h1>{body}</article>") == list(TEXT)
