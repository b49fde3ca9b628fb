"""Headlines without kickers, badges, logos, sections and names of sites."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.pages import page

URL = "https://courier.example/news/pier"
TITLE = "Westmere rebuilds its ferry pier"


def titled(h1: str = "", title: str = f"{TITLE} - Westmere Post", og: str = "") -> str:
    html = page(title=TITLE).decode()
    stated = f'<meta property="og:title" content="{og}">' if og else ""
    html = html.replace(f"<title>{TITLE}</title>", f"<title>{title}</title>{stated}")
    html = html.replace(f"<h1>{TITLE}</h1>", h1)
    assert f"<title>{title}</title>" in html
    return extract(html.encode(), URL).title


@pytest.mark.parametrize("og", ["", TITLE, f"{TITLE} | Westmere Post"])
@pytest.mark.parametrize(
    "h1",
    [
        f"<h1><span class=kicker>Harbour news</span> {TITLE}</h1>",
        f"<h1><span>After the flood</span><br><span>{TITLE}</span></h1>",
        f"<h1><style>.a{{color:red}}</style><b>Harbour</b>{TITLE}</h1>",
        f"<h1><script>var a = 1;</script>{TITLE}</h1>",
        f"<h1><svg><title>Lock</title></svg>{TITLE}</h1>",
        f"<h1><span class=premium>For subscribers</span> {TITLE}</h1>",
        f"<h1>{TITLE} <span class=badge>LIVE</span></h1>",
        f"<h1><a href=/x>{TITLE}</a><button>Share</button></h1>",
        f"<h1>{TITLE} | Opinion</h1>",
        f"<h1>{TITLE} | Islands | Westmere Post</h1>",
        f"<h1>{TITLE} – Westmere Post</h1>",
        f"<h1 class=logo><a href=/>Westmere Post</a></h1><h2>{TITLE}</h2>",
        f"<h1><a href='/'><img alt=''>Westmere Post</a></h1><h2>{TITLE}</h2>",
        f"<h1 id=site-title>Westmere Post</h1><h1>{TITLE}</h1>",
        f"<h1><a href='https://courier.example'>Westmere</a></h1><h2>{TITLE}</h2>",
        f"<h1>{TITLE}<a class=headerlink href=#pier>¶</a></h1>",
        f"<h1><span>{TITLE[:1]}</span>{TITLE[1:]}</h1>",
        "",
    ],
)
def test_headings(h1: str, og: str) -> None:
    assert titled(h1, og=og) == TITLE


def test_a_headline_with_a_dash_keeps_what_is_no_name() -> None:
    h1 = f"<h1>{TITLE} – at last</h1>"
    assert titled(h1, title=f"{TITLE} – at last | Westmere Post") == f"{TITLE} – at last"


def test_a_headline_in_pieces_stays_whole_where_others_have_it_so() -> None:
    h1 = "<h1>Ferry pier: <em>Westmere</em> rebuilds</h1>"
    assert titled(h1, title="Ferry pier: Westmere rebuilds") == "Ferry pier: Westmere rebuilds"


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        (f"{TITLE} | Islands | Westmere Post", TITLE),
        (f"{TITLE} - Football - Sport - Westmere Post", TITLE),
        (f"{TITLE} | Islands", TITLE),
        (f"{TITLE} – at last", f"{TITLE} – at last"),
        ("فيلمارا تعيد بناء الرصيف الشرقي | صحيفة الجزيرة الجديدة", "فيلمارا تعيد بناء الرصيف الشرقي"),
        ("اوستر برای سومین بار قهرمان شد - روزنامه جزیره", "اوستر برای سومین بار قهرمان شد"),
        ("ההנהלה בנתה מחדש את הרציף המזרחי - חדשות האי", "ההנהלה בנתה מחדש את הרציף המזרחי"),
        ("韦斯特米尔决定重建旧渡轮码头_国内新闻_海岛网", "韦斯特米尔决定重建旧渡轮码头"),
        ("韦斯特米尔决定重建旧渡轮码头-海岛新闻网", "韦斯特米尔决定重建旧渡轮码头"),
        ("島の新しい桟橋が完成した｜島新聞", "島の新しい桟橋が完成した"),
        ("벨마라, 동쪽 부두 다시 짓는다 - 섬마을신문", "벨마라, 동쪽 부두 다시 짓는다"),
        ("Остров восстановит восточный причал - Новости острова", "Остров восстановит восточный причал"),
        ("AC/DC play Westmere: a night on the pier", "AC/DC play Westmere: a night on the pier"),
        ("Westmere wins - and Oster loses the cup again", "Westmere wins - and Oster loses the cup again"),
    ],
)
def test_a_title_alone(title: str, headline: str) -> None:
    assert titled(title=title) == headline


def test_what_was_escaped_twice_is_read() -> None:
    assert titled("<h1>Pier &amp;amp; ferry: Oster&amp;#8217;s plan</h1>", title="Pier &amp;amp; ferry") == (
        "Pier & ferry: Oster’s plan"
    )


@pytest.mark.parametrize(
    ("headings", "title", "og"),
    [
        (f"<h1>Lane’s journal</h1><h3>{TITLE}</h3>", f"Lane’s journal: {TITLE}", ""),
        (f"<h1>Lane’s journal</h1><h3>■ {TITLE}</h3>", f"Lane’s journal - {TITLE}", ""),
        (f"<h1>Lane’s journal</h1><h3>{TITLE}</h3>", f"Lane’s journal » Archive » {TITLE}", ""),
        (
            "<h1>Lane and the sea and all that it brings</h1>",
            f"{TITLE} | Lane and the sea and all that it brings",
            TITLE,
        ),
        (f"<h2>{TITLE}</h2>", f"{TITLE} - Lane and the sea and all that it brings", ""),
        (f"<h3>{TITLE}</h3>", f"Lane, the sea · {TITLE}", ""),
        (f"<h2>{TITLE}</h2><p>Text.</p><h1>Ferry users in Westmere want the pier</h1>", f"{TITLE} | Lane", ""),
        (
            f"<h1>{TITLE}</h1><h2>Lane and the sea and all that it brings</h2>",
            f"{TITLE} | Lane and the sea and all that it brings",
            "",
        ),
        (f"<h1>{TITLE}</h1>", "Westmere rebuilds its pier", "Westmere rebuilds its pier"),
    ],
)
def test_a_title_of_several_parts(headings: str, title: str, og: str) -> None:
    """The headline is the part that stands on the page as a heading, or that is stated for others to show."""
    assert titled(headings, title=title, og=og) == TITLE


COLUMN = "Harbour column of the week"


@pytest.mark.parametrize(
    ("headings", "title", "og"),
    [
        (
            f"<h1><span>{COLUMN}</span> <span>{TITLE}</span></h1>",
            f"{COLUMN} | {TITLE} - Westmere Post",
            f"{COLUMN} | {TITLE}",
        ),
        (f"<h1><span>{COLUMN}</span><br>{TITLE}</h1>", f"{COLUMN}: {TITLE}", f"{TITLE} - {COLUMN}"),
        (f"<h1><b>{COLUMN}</b><i>-</i><b>{TITLE}</b></h1>", f"{COLUMN} - {TITLE}", f"{COLUMN} - {TITLE}"),
        (f"<h1>{TITLE}</h1><h1>Westmere: all about its pier</h1>", f"{TITLE} – Westmere: all about its pier", TITLE),
        (f"<h1>Westmere Post</h1><h2>{TITLE}</h2>", f"{TITLE} - Post from Westmere", TITLE),
        (f"<h1>{TITLE}</h1><h1>More from the harbour</h1>", "Westmere rebuilding pier", "Westmere rebuilding pier"),
        (f"<h1>{TITLE} | Harbour and ferries | The Westmere Evening Post</h1><h2>{TITLE}</h2>", TITLE, ""),
        (
            f"<h1>Lane’s log</h1><h3>One</h3><h3>Two</h3><h3>Three</h3><h2>{TITLE}</h2>",
            f"Lane’s log » Archive » {TITLE}",
            "",
        ),
    ],
)
def test_which_heading(headings: str, title: str, og: str) -> None:
    """Not a kicker that a title parts from it, another work's heading, or the site's name."""
    assert titled(headings, title=title, og=og) == TITLE


def test_a_colon_in_a_headline_of_two_lines_is_its_own() -> None:
    h1 = "<h1><b>Row over the pier:</b><b>Westmere meets again tonight</b></h1>"
    whole = "Row over the pier: Westmere meets again tonight"
    assert titled(h1, title=f"{whole} | Westmere Post", og=whole) == whole


def test_a_title_that_was_cut_is_read_whole() -> None:
    """JSON-LD's headlines once had to be at most 110 characters long."""
    whole = f"{TITLE}, and its people ask who pays for all of it (and why nobody was told before)"
    assert titled("", title=whole, og=f"{whole[:70]}…") == whole
    assert titled("", title=f"{whole} | Westmere Post", og=whole) == whole


@pytest.mark.parametrize(
    "heading",
    [
        '<span class="kicker">Harbour</span><span>{}</span>',
        '<small class="article__overline">Harbour</small> - {}',
        '<span class="headline-eyebrow"><a href="/harbour">Harbour</a></span> {}',
    ],
)
def test_a_part_that_is_called_a_kicker(heading: str) -> None:
    html = page(title="Westmere Courier").decode()
    html = html.replace("<h1>Westmere Courier</h1>", f"<h1>{heading.format('Council votes for the pier')}</h1>")
    assert extract(html.encode(), "https://westmere-courier.example/x").title == "Council votes for the pier"


def test_a_headline_that_is_called_a_kicker_stays() -> None:
    html = page().decode().replace("<h1>", "<h1><span class=kicker>").replace("</h1>", "</span></h1>")
    assert extract(html.encode(), "https://courier.example/x").title == "Westmere rebuilds its ferry pier"
