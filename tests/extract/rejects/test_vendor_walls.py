# ruff: noqa: E501 -- wide scripts count double
"""Articles in the mark-up of news systems, each in its language and with the furniture that such pages print."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from newsflow.extract.document import extract
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"


@dataclass(frozen=True)
class Furniture:
    """Lines of a language's pages that are no text: `inside` between paragraphs, `behind` the last one."""

    inside: tuple[str, ...]
    behind: tuple[str, ...]


FURNITURE = {
    "en": Furniture(("Also read: The ferry that never came", "ADVERTISEMENT"), ("Follow the Courier on Instagram, Facebook and Twitter.", "Pål Eide contributed to this report.", "Filed under: Town")),
    "de": Furniture(("Lesen Sie auch: Die Fähre, die nie kam", "Anzeige"), ("Folgen Sie uns auf WhatsApp und Instagram.", "Alle Rechte vorbehalten", "Kommentar hinterlassen")),
    "fr": Furniture(("À lire aussi : le bac qui n'est jamais venu", "La suite après cette publicité"), ("Recevez chaque matin notre infolettre gratuite.", "Tous droits réservés")),
    "es": Furniture(("Te puede interesar: el transbordador que nunca llegó", "Publicidad"), ("Únete a nuestro canal de WhatsApp y recibe las noticias.", "Reservados todos los derechos.", "Deja un comentario")),
    "pt": Furniture(("Leia também: a balsa que nunca veio", "Continua após a publicidade"), ("Siga o Courier no Instagram e no Facebook.", "É proibida a reprodução deste conteúdo.")),
    "pl": Furniture(("Czytaj także: Prom, który nigdy nie przypłynął", "Dalsza część artykułu pod reklamą"), ("Dołącz do nas na Facebooku!", "Wszelkie prawa zastrzeżone")),
    "ru": Furniture(("Читайте также: Паром, который не пришёл", "Реклама"), ("Подписывайтесь на наш канал в Telegram.", "Все права защищены")),
    "el": Furniture(("Διαβάστε επίσης: Το πλοίο που δεν ήρθε", "Διαφήμιση"), ("Ακολουθήστε μας στο Google News", "Σχετικά άρθρα")),
    "tr": Furniture(("İlgili haber: Hiç gelmeyen vapur", "Reklam"), ("Haberleri Telegram kanalımızdan takip edin", "Tüm hakları saklıdır.")),
    "ar": Furniture(("اقرأ أيضا: العبارة التي لم تصل", "إعلان"), ("تابعوا آخر الأخبار عبر واتساب", "جميع الحقوق محفوظة")),
    "he": Furniture(("קראו גם: המעבורת שלא הגיעה", "פרסומת"), ("הצטרפו לערוץ הטלגרם שלנו", "כל הזכויות שמורות")),
    "hi": Furniture(("यह भी पढ़ें: वह नाव जो कभी नहीं आई", "विज्ञापन"), ("हमारे व्हाट्सएप चैनल से जुड़ें", "संबंधित खबरें")),
    "ja": Furniture(("関連記事：来なかったフェリー", "広告"), ("ニュースレターに登録する", "無断転載を禁じます")),
    "zh": Furniture(("延伸阅读：从未到来的渡轮", "广告"), ("关注微信公众号获取更多新闻", "（责任编辑：王小明）", "版权所有")),
    "ko": Furniture(("관련기사 오지 않은 여객선", "광고"), ("카카오톡 채널을 구독하세요", "저작권자 ⓒ 웨스트미어 신문, 무단 전재 및 재배포 금지")),
}  # fmt: skip


def _paragraphs(lines: list[str], open_tag: str, close: str) -> str:
    return "".join(f"{open_tag}{line}{close}" for line in lines)


def wordpress(title: str, lines: list[str], behind: list[str]) -> str:
    tags = '<div class="sharedaddy"><a href=x>Facebook</a></div><div class="tags"><a href=x>Pier</a></div>'
    return (
        f'<article class="post type-post hentry"><header class="entry-header"><h1 class="entry-title">{title}</h1></header>'
        f'<div class="entry-content">{_paragraphs(lines, "<p>", "</p>")}{_paragraphs(behind, "<p>", "</p>")}</div>{tags}'
        '<div class="author-box"><h3>Ada Lane</h3><p>Ada Lane writes about harbours and what comes and goes there.</p></div></article>'
        '<div id="comments" class="comments-area"><ol><li><p>I have always said so, and nobody would listen to me.</p></li></ol></div>'
    )


def drupal(title: str, lines: list[str], behind: list[str]) -> str:
    return (
        f'<div id="block-title"><h1 class="page-header">{title}</h1></div><div class="region region-content"><div class="node node--article">'
        f'<div class="field field--name-body"><div class="field__item">{_paragraphs(lines, "<p>", "</p>")}{_paragraphs(behind, "<p><em>", "</em></p>")}'
        '</div></div></div></div><div class="view-related-articles"><h2>More</h2><p>A teaser of another story that has nothing to do with it</p></div>'
    )


def blogger(title: str, lines: list[str], behind: list[str]) -> str:
    return (
        f'<div class="post hentry"><h1 class="post-title">{title}</h1><div class="post-body entry-content">{"<br><br>".join(lines + behind)}</div>'
        '<div class="post-footer"><span>Posted by Ada Lane at 08:30</span></div></div>'
    )


def divs(title: str, lines: list[str], behind: list[str]) -> str:
    """As portals of single-page applications print it: nothing but div elements with hashed classes."""
    return (
        f'<div id="__next"><main class="css-1x"><h1 class="css-a1">{title}</h1><div class="css-b2">{_paragraphs(lines, "<div class=css-p>", "</div>")}</div>'
        f'<div class="css-c3">{_paragraphs(behind, "<div class=css-q>", "</div>")}</div></main></div>'
    )


def boxes(title: str, lines: list[str], behind: list[str]) -> str:
    """As Arc and BBC-like systems print it: each paragraph in a box of its own."""
    return (
        f"<main><article><header><h1>{title}</h1></header>{_paragraphs(lines, '<div data-component=text-block class=ssrcss-rgt><p class=b1>', '</p></div>')}"
        f'{_paragraphs(behind, "<div class=ssrcss-x><p>", "</p></div>")}</article><aside class="most-read"><ol><li><a href=x>A story that all read</a></li></ol></aside></main>'
    )


def amp(title: str, lines: list[str], behind: list[str]) -> str:
    return (
        f'<amp-sidebar id=s><ul><li>Home</li></ul></amp-sidebar><article class="amp-wp-article"><h1 class="amp-wp-title">{title}</h1>'
        f'<div class="amp-wp-article-content">{_paragraphs(lines, "<p>", "</p>")}<amp-ad width=300 height=250></amp-ad>{_paragraphs(behind, "<p>", "</p>")}</div></article>'
    )


SYSTEMS = (wordpress, drupal, blogger, divs, boxes, amp)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: str(system.__name__))
@pytest.mark.parametrize("code", sorted(FURNITURE))
def test_the_text_and_nothing_else(code: str, system: object) -> None:
    """Every paragraph is there, in order, and none of the furniture."""
    text, furniture = TEXTS[code], FURNITURE[code]
    lines = [text.paragraphs[0], furniture.inside[0], text.paragraphs[1], furniture.inside[1], *text.paragraphs[2:]]
    html = f'<!doctype html><html lang="{code}"><head><meta charset=utf-8><title>{text.title} - Courier</title></head><body>'
    html += f"{system(text.title, lines, list(furniture.behind))}</body></html>"  # type: ignore[operator]
    found = extract(html.encode(), URL)
    assert found.body.split("\n") == list(text.paragraphs)
    assert found.title == text.title
    assert found.outcome == "ok"
