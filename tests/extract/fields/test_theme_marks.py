"""By-lines and dates in the mark-up that content management systems and their themes write them in."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.pages import page

URL = "https://courier.example/news/pier"
NAME = "Ada Lane"
TEASER = (
    "<aside><h3><a href=/x>Another story entirely, about fish</a></h3><span class=byline>By Bo Li</span>"
    '<time datetime="2025-01-01">1 January 2025</time></aside>'
)
MARKS = {
    "WordPress": """<div class="entry-meta"><a href="/2" rel="bookmark"><time class="entry-date published"
        datetime="2026-05-04T10:00:00+00:00">May 4, 2026</time><time class="updated"
        datetime="2026-05-06T10:00:00+00:00">May 6, 2026</time></a> <span class="byline"> by
        <span class="author vcard"><a class="url fn n" href="/author/ada/">Ada Lane</a></span></span></div>""",
    "WordPress, blocks": """<div class="wp-block-post-author"><p class="wp-block-post-author__byline">Reporter</p>
        <p class="wp-block-post-author__name">Ada Lane</p></div><div class="wp-block-post-date"><time
        datetime="2026-05-04T10:00:00+00:00">4 May 2026</time></div>""",
    "WordPress, Newspaper": """<div class="td-post-author-name"><div class="td-author-by">By</div>
        <a href="/author/ada/">Ada Lane</a><div class="td-author-line"> - </div></div><span class="td-post-date"><time
        class="entry-date updated td-module-date" datetime="2026-05-04T10:00:00+00:00">May 4, 2026</time></span>""",
    "WordPress, Jannah": """<span class="meta-author"><a href="/author/ada/" class="author-name tie-icon">Ada Lane</a>
        </span><span class="date meta-item tie-icon">May 4, 2026</span><span class="meta-comment meta-item">0</span>""",
    "WordPress, Avada": """<div class="fusion-meta-info-wrapper">By <span class="vcard"><span class="fn"><a href="/a"
        rel="author">Ada Lane</a></span></span><span class="fusion-inline-sep">|</span><span class="updated
        rich-snippet-hidden">2026-05-04T10:00:00+00:00</span><span>May 4th, 2026</span></div>""",
    "WordPress, a box behind the text": """<p>May 4, 2026</p>|<div class="author-bio footer"><h3>Ada Lane</h3>
        <p>Ada has written about harbours, ships and the sea for many years.</p></div>""",
    "Ghost": """<div class="article-byline-meta"><h4 class="author-name"><a href="/author/ada/">Ada Lane</a></h4>
        <time class="byline-meta-date" datetime="2026-05-04">May 4, 2026</time><span class="byline-reading-time">
        <span class="bull">&bull;</span> 3 min read</span></div>""",
    "Drupal 7": """<div class="submitted"><span property="dc:date dc:created" content="2026-05-04T10:00:00+02:00"
        rel="sioc:has_creator">Submitted by <span class="username" typeof="sioc:UserAccount" property="foaf:name">Ada
        Lane</span> on Mon, 05/04/2026 - 10:00</span></div>""",
    "Drupal 7, in German": """<div class="submitted">Gespeichert von <span class="username">Ada Lane</span> am Mo,
        04.05.2026 - 10:00</div>""",
    "Drupal 10": """<div class="node__submitted"><span class="field field--name-uid"><span typeof="schema:Person"
        property="schema:name">Ada Lane</span></span> <span property="schema:dateCreated"
        content="2026-05-04T10:00:00+00:00" class="field--name-created">Mon, 05/04/2026</span></div>""",
    "RDFa": """<p>By <span property="schema:author" typeof="schema:Person"><span property="schema:name">Ada Lane</span>
        </span> <span property="schema:datePublished" content="2026-05-04">today</span></p>""",
    "Joomla": """<dl class="article-info"><dd class="createdby">Written by: <span>Ada Lane</span></dd>
        <dd class="published">Published: 04 May 2026</dd><dd class="hits">Hits: 300</dd></dl>""",
    "Plone": """<div class="documentByLine"><span class="documentAuthor">by <a href="/author/ada">Ada Lane</a> —</span>
        <span class="documentPublished"><span>published</span> May 04, 2026 10:00</span></div>""",
    "Squarespace": """<time class="dt-published blog-meta-item" datetime="2026-05-04" pubdate>May 4</time><span
        class="blog-meta-item blog-meta-item--author p-author author">Written By <a href="/b">Ada Lane</a></span>""",
    "Wix": """<ul><li><span class="tQ0Q1A" data-hook="user-name" title="Ada Lane">Ada Lane</span></li><li><span
        data-hook="time-ago">May 4, 2026</span></li><li><span data-hook="time-to-read">2 min read</span></li></ul>""",
    "Blogger": """<span class="byline post-author vcard"><span class="post-author-label">By</span><span class="fn">
        <a class="g-profile" href="https://blogger.example/1"><span>Ada Lane</span></a></span></span><span class="byline
        post-timestamp">-<time class="published" datetime="2026-05-04T10:00:00-07:00">May 04, 2026</time></span>""",
    "Arc": """<div class="b-byline"><span class="b-byline__by">By</span> <span class="b-byline__names"><a href="/s"
        class="b-byline__link">Ada Lane</a></span></div><time class="b-date">May 4, 2026 at 10:00AM EDT</time>""",
    "Brightspot": """<div class="Page-byline"><div class="Page-authors">By <a class="Link" href="/a">Ada Lane</a></div>
        <div class="Page-dateModified"><span>Updated</span> <bsp-timestamp>10:20 AM UTC, May 6, 2026</bsp-timestamp>
        </div><div class="Page-datePublished">Published <bsp-timestamp>10:00 AM UTC, May 4, 2026</bsp-timestamp></div>
        </div>""",
    "Substack": """<div class="pencraft byline-wrapper"><div class="pencraft pc-reset"><a href="https://s.example/@ada"
        class="pencraft">Ada Lane</a></div><div class="pencraft pc-reset">May 04, 2026</div></div>""",
    "Medium": """<a rel="noopener follow" data-testid="authorName" href="/@ada">Ada Lane</a><span><span
        data-testid="storyReadTime">4 min read</span> · <span data-testid="storyPublishDate">May 4, 2026</span>
        </span>""",
    "Movable Type": """<span class="byline vcard">By <address class="vcard author"><a class="fn url">Ada Lane</a>
        </address> on <abbr class="published" title="2026-05-04T10:00:00+01:00">May 4, 2026 10:00 AM</abbr></span>""",
    "BLOX": """<span class="tnt-byline">By Ada Lane alane@courier.example</span><ul><li><time class="tnt-date"
        datetime="2026-05-04T10:00:00-05:00">May 4, 2026</time></li></ul>""",
    "Contao": """<p class="info"><time datetime="2026-05-04T10:00:00+02:00">04.05.2026 10:00</time> von Ada Lane</p>""",
    "between bars": """<p>Harbour | By Ada Lane | May 4, 2026</p>""",
    "in pieces": """<div><span>| By </span> <span>Ada Lane</span> | <time>May 4, 2026</time></div>""",
    "a clock before": """<p>04.05.2026, 10:00 Uhr von Ada Lane</p>""",
    "signed": """<p>May 4, 2026</p>|<p><em>By <span>Ada Lane</span></em></p>""",
    "signed, in Spanish": """<p>May 4, 2026</p>|<p>Autor: Ada Lane</p>""",
    "value in place of content": """<meta name=author value="Ada Lane"><meta name=date value="2026-05-04">""",
}  # fmt: skip


@pytest.mark.parametrize("system", MARKS)
def test_marks(system: str) -> None:
    above, _, below = " ".join(MARKS[system].split()).partition("|<")
    html = page().decode().replace("</h1>", f"</h1>{above}").replace("</article>", f"{below and '<'}{below}</article>")
    found = extract(html.replace("</article>", f"</article>{TEASER}").encode(), URL)
    assert found.authors == (NAME,)
    assert str(found.published_at)[:10] == "2026-05-04"
    assert NAME not in found.body


@pytest.mark.parametrize(
    "line", ["May 4, 2026 | Real Estate", "04.05.2026 - Kommunale Finanzen", "4 May 2026 · West Ham"]
)
def test_what_stands_behind_a_date_without_by_may_be_a_section(line: str) -> None:
    html = page().decode().replace("</h1>", f"</h1><p>{line}</p>")
    assert extract(html.encode(), URL).authors == ()


@pytest.mark.parametrize("line", ["By then it was dark in Westmere.", "By Monday, Oster Town!"])
def test_a_last_sentence_is_no_signature(line: str) -> None:
    html = page().decode().replace("</article>", f"<p>{line}</p></article>")
    found = extract(html.encode(), URL)
    assert found.authors == ()


def test_the_owner_of_a_house_is_nobody_who_wrote() -> None:
    html = page(head='<meta name=author content="Condé Nast">').decode().replace("</h1>", "</h1><p>By Ada Lane</p>")
    assert extract(html.encode(), URL).authors == (NAME,)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ავტორი: ნინო ბერიძე", "ნინო ბერიძე"),
        ("Հեղինակ՝ Արամ Սարգսյան", "Արամ Սարգսյան"),
        ("రచయిత: రాము శర్మ", "రాము శర్మ"),
        ("ಲೇಖಕರು: ರಾಮ ಶರ್ಮ", "ರಾಮ ಶರ್ಮ"),
        ("എഴുതിയത്: രാജൻ നായർ", "രാജൻ നായർ"),
        ("લેખક: રમેશ પટેલ", "રમેશ પટેલ"),
        ("ਲੇਖਕ: ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ"),
        ("Muallif: Aziz Karimov", "Aziz Karimov"),
        ("Höfundur: Jón Einarsson", "Jón Einarsson"),
        ("Egilea: Jon Etxeberria", "Jon Etxeberria"),
        ("Isinulat ni Juan Reyes", "Juan Reyes"),
        ("ដោយ៖ សុខ សាន្ត", "សុខ សាន្ត"),
        ("ໂດຍ: ສົມຊາຍ ໃຈດີ", "ສົມຊາຍ ໃຈດີ"),
        ("ጸሐፊ፡ ዳዊት ተስፋዬ", "ዳዊት ተስፋዬ"),
    ],
)
def test_labels_of_languages_without_a_file(line: str, name: str) -> None:
    html = page().decode().replace("</h1>", f"</h1><p>{line}</p>")
    assert extract(html.encode(), URL).authors == (name,)


def signed(lines: str, heading: str = "h1") -> tuple[str, ...]:
    """Whom a page names that shows these lines below its headline."""
    html = page().decode().replace("<h1>", f"<{heading}>").replace("</h1>", f"</{heading}>{lines}")
    return extract(html.encode(), URL).authors


@pytest.mark.parametrize(
    "line", [NAME, f"{NAME} (with AFP)", f"{NAME} and Bo Li", f"<a href='https://letters.example/@ada'>{NAME}</a>"]
)
def test_a_name_as_a_line_beside_the_day(line: str) -> None:
    assert signed(f"<p>{line}</p><p>May 4, 2026</p>")[0] == NAME


@pytest.mark.parametrize(
    "line",
    [
        "Harbour Council",
        "Getty Images",
        "Real Estate | News",
        "Ada Lane harbours doubts",
        "<a href='/estate'>Real Estate</a>",
    ],
)
def test_a_line_beside_the_day_that_is_no_name(line: str) -> None:
    assert signed(f"<p>{line}</p><p>May 4, 2026</p>") == ()


def test_a_by_line_below_a_smaller_heading() -> None:
    assert signed("<ul><li>김철수 기자</li><li>승인 2026.05.04 10:22</li></ul>", "h3") == ("김철수",)


def test_authors_in_rows() -> None:
    row = "".join(f'<li class="author">{name}<sup>{n}</sup></li>' for n, name in enumerate((NAME, "Bo Li")))
    assert signed(f'<ul class="authors">{row}</ul>') == (NAME, "Bo Li")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('<div class="author">聯合報／ 記者王小明／台北即時報導</div>', ("王小明",)),
        ("<p>بقلم أحمد سالم نُشر في: ٤ مايو ٢٠٢٦</p>", ("أحمد سالم",)),
        ("<p><em>This is a guest post by Ada Lane.</em></p>", (NAME,)),
    ],
)
def test_outlets_and_times_are_no_authors(line: str, named: tuple[str, ...]) -> None:
    assert signed(line) == named


@pytest.mark.parametrize("title", [f"- by {NAME}", f"- by {NAME} - The River Letter", f"| by {NAME} | Notes | Medium"])
def test_an_author_behind_the_headline_in_the_title(title: str) -> None:
    html = page().decode().replace("</title>", f" {title}</title>")
    assert extract(html.encode(), URL).authors == (NAME,)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("<p>山田太郎記者 2026年5月4日</p>", ("山田太郎",)),
        ("<p>本社記者 2026年5月4日</p>", ()),
        ("<p>Penulis: Ada Lane | Editor: Bo Li</p>", (NAME,)),
    ],
)
def test_reporters_and_editors_by_their_words(line: str, named: tuple[str, ...]) -> None:
    assert signed(line) == named


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Ada Lane is a writer who lives in Westmere.", (NAME,)),
        ("Ada Lane ist freie Journalistin in Westmere.", (NAME,)),
        ("Ada Lane is a fisherman in Westmere.", ()),
        ("Harbour Council is the author of the plan.", ()),
    ],
)
def test_an_author_of_whom_the_end_tells(line: str, named: tuple[str, ...]) -> None:
    html = page().decode().replace("</article>", f"<p><em>{line}</em></p></article>")
    assert extract(html.encode(), URL).authors == named


def test_a_name_in_a_line_of_the_day_and_the_time_to_read() -> None:
    assert signed(f"<p>May 4, 2026 · 5 min · {NAME}</p>") == (NAME,)


def test_a_name_and_an_agency_beside_the_day() -> None:
    html = page().decode().replace("</h1>", f"</h1><p>{NAME}, dpa</p><p>May 4, 2026</p>")
    found = extract(html.encode(), URL)
    assert (found.authors, found.agencies) == ((NAME,), ("dpa",))


def test_whom_the_headline_names_is_no_author() -> None:
    html = page(title=f"{NAME} sings in Westmere").decode().replace("</h1>", f"</h1><p>{NAME}</p><p>May 4, 2026</p>")
    assert extract(html.encode(), URL).authors == ()


def test_photographers_in_brackets() -> None:
    assert signed("<p>Von Ada Lane (Text) und Bo Li (Fotos)</p>") == (NAME,)


def test_a_class_that_is_called_after_captions() -> None:
    author = f'<span itemprop="author" itemscope><span itemprop="name">{NAME}</span></span>'
    assert signed(f'<div class="caption-with-letter-spacing">{author}</div>') == (NAME,)
