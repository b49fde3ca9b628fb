"""Days and authors as readers see them, in many languages and dresses: a row a kind, each once wrong or never tried."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.pages import page

URL = "https://courier.example/news/pier"
TITLE = "Westmere rebuilds its ferry pier"


def made(line: str, language: str, *, above: bool = False, after: str = "") -> bytes:
    """A page with a line beside its headline, which says nothing else of its day and authors."""
    html = page(title=TITLE, language=language).decode()
    heading = f"<h1>{TITLE}</h1>"
    assert heading in html
    return (
        html.replace(heading, f"{line}{heading}" if above else f"{heading}{line}")
        .replace("</article>", f"</article>{after}", 1)
        .encode()
    )


@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Originally published 4 May 2026"),
        ("de", "Veröffentlicht:04.05.2026"),
        ("zh-TW", "發布時間：2026/05/04"),
        ("lv", "Publicēts: 2026. gada 4. maijā"),
        ("et", "Avaldatud 4. mail 2026"),
        ("sr", "Објављено 4. маја 2026."),
        ("be", "4 траўня 2026"),
        ("ar", "4 مايو/أيار 2026"),
        ("th", "4 พ.ค. 69"),
        ("ml", "4 മെയ് 2026"),
        ("eu", "2026ko maiatzak 4"),
        ("nb", "Publisert: 04.05.26"),
        ("he", "פורסם: 04.05.26, 10:30"),
        ("vi", "4 Tháng Năm, 2026"),
        ("mn", "2026 оны тавдугаар сарын 4"),
        ("uz", "2026 yil 4 may"),
        ("mt", "4 ta' Mejju 2026"),
        ("so", "4 Maajo 2026"),
        ("fa", "تاریخ انتشار: ۱۴ اردیبهشت ۱۴۰۵"),
        ("zh-TW", "民國115年5月4日"),
        ("ja", "更新日：2026年5月6日 公開日：2026年5月4日"),
        ("ko", "최종수정 2026.05.06 10:00 기사입력 2026.05.04 09:15"),
    ],
)
def test_a_day_that_readers_see(language: str, line: str, above: bool) -> None:
    assert str(extract(made(f"<p>{line}</p>", language, above=above), URL).published_at)[:10] == "2026-05-04"


def test_a_label_and_a_date_in_boxes_of_one_line() -> None:
    labels = ("Published", "May 4, 2026"), ("Updated", "May 6, 2026")
    line = "".join(f"<div><span>{label}</span><span>{day}</span></div>" for label, day in labels)
    assert str(extract(made(line, "en"), URL).published_at)[:10] == "2026-05-04"


def test_a_comment_gives_no_day() -> None:
    comment = '<div class="comment"><time datetime="2026-05-05T08:00Z">5 May</time> Nice</div>'
    after = f'<section id="comments">{comment}</section>'
    assert extract(made("", "en", after=after), URL).published_at is None


@pytest.mark.parametrize("dress", ['<p class="author">{}</p>', '<div class="byline"><span>{}</span></div>'])
@pytest.mark.parametrize(
    ("language", "line", "name"),
    [
        ("en", "Guest column by Mara Quist", "Mara Quist"),
        ("en", "4 May 2026 by Mara Quist", "Mara Quist"),
        ("en", "May 4, 2026 | Mara Quist", "Mara Quist"),
        ("de", "Von unserer Redakteurin Mara Quist", "Mara Quist"),
        ("fr", "De notre correspondante Mara Quist", "Mara Quist"),
        ("fr", "Une chronique de Mara Quist", "Mara Quist"),
        ("nl", "Door onze redacteur Mara Quist", "Mara Quist"),
        ("el", "Της Μάρας Κουίστ", "Μάρας Κουίστ"),
        ("cs", "od Mara Quist", "Mara Quist"),
        ("zh", "来源：新华网 作者：王小明", "王小明"),
        ("zh", "文｜王小明", "王小明"),
        ("ko", "김철수 경제부 기자", "김철수"),
    ],
)
def test_a_by_line_in_many_words(language: str, line: str, name: str, dress: str) -> None:
    assert extract(made(dress.format(line), language), URL).authors == (name,)


@pytest.mark.parametrize(
    "line",
    [
        "<dl><dt>Author</dt><dd>Mara Quist</dd></dl>",
        "<div><span>Written by</span></div><div><span>Mara Quist</span></div>",
        '<div class="teaser-small__metadata"><p class="byline">By Mara Quist</p></div>',
        '<aside class="story-sidebar"><span class="author-name">Mara Quist</span></aside>',
        '<meta name="author" content="Courier"><p class="author">Mara Quist</p>',
    ],
)
def test_a_name_beside_the_headline(line: str) -> None:
    """Its label may stand in a line of its own, and its box may be called as those of other articles are."""
    assert extract(made(line, "en"), URL).authors == ("Mara Quist",)


def test_tags_are_no_authors() -> None:
    after = '<ul class="tags"><li><a href="/people/bo-ek">Bo Ek</a></li></ul>'
    assert extract(made("", "en", after=after), URL).authors == ()
