# ruff: noqa: E501 -- wide scripts count double
"""Pages in doubt: articles that look like walls, and walls that have much beside them."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from newsflow.outcomes import Outcome
from tests.extract.texts import TEXTS, Text
from tests.extract.walls import Case, document, json_ld, paragraphs

# A headline that opens as an error page's, a badge on teasers, and a pitch at the foot of a page.
PHRASES = {
    "en": ("Not found: the hikers of Westmere", "For subscribers only", "Already a subscriber? Log in", "Whoever wants to continue reading after the third article of a month pays 9.90 crowns from June on, as the publisher of the paper told its readers on Monday."),
    "de": ("Seite nicht gefunden: ein Dorf verliert sein Archiv", "Nur für Abonnenten", "Sie haben bereits ein Abo? Hier anmelden", "Wer nach dem dritten Artikel im Monat weiterlesen möchte, zahlt vom Juni an 9,90 Euro; um weiterzulesen, genügte bisher eine Anmeldung, teilte der Verlag am Montag den Lesern mit."),
    "fr": ("Page introuvable : le village sans archives", "Réservé aux abonnés", "Déjà abonné ? Se connecter", "Pour lire la suite après trois articles par mois, il faudra payer 9,90 euros à partir de juin, a annoncé lundi l'éditeur du journal à ses lecteurs inquiets."),
    "es": ("Página no encontrada: el pueblo sin archivo", "Exclusivo para suscriptores", "¿Ya eres suscriptor? Iniciar sesión", "Para seguir leyendo después del tercer artículo del mes habrá que pagar 9,90 euros desde junio, anunció el lunes la editora del periódico a sus lectores."),
    "pt": ("Página não encontrada: a vila sem arquivo", "Exclusivo para assinantes", "Já é assinante? Fazer login", "Para continuar lendo depois do terceiro artigo do mês será preciso pagar 9,90 euros a partir de junho, anunciou na segunda-feira a editora do jornal aos leitores."),
    "pl": ("Nie znaleziono strony: wieś bez archiwum", "Tylko dla subskrybentów", "Masz już prenumeratę? Zaloguj się", "Aby czytać dalej po trzecim artykule w miesiącu, trzeba będzie od czerwca zapłacić 9,90 złotego, jak w poniedziałek ogłosił wydawca gazety, zwracając się do swoich wiernych czytelników w mieście."),
    "ru": ("Страница не найдена: деревня без архива", "Только для подписчиков", "Уже есть подписка? Войти", "Чтобы читать дальше после третьей статьи в месяц, с июня придётся платить девяносто рублей, сообщил в понедельник издатель газеты своим читателям в городе и за его пределами."),
    "el": ("Η σελίδα δεν βρέθηκε: χωριό χωρίς αρχείο", "Μόνο για συνδρομητές", "Αποκλειστικά για συνδρομητές", "Για να συνεχίσετε την ανάγνωση μετά το τρίτο άρθρο του μήνα θα πληρώνετε από τον Ιούνιο 9,90 ευρώ, ανακοίνωσε τη Δευτέρα ο εκδότης της εφημερίδας στους αναγνώστες."),
    "tr": ("Sayfa bulunamadı: arşivsiz köyün hikâyesi", "Sadece aboneler", "Abonelere özel", "Ayda üç yazıdan sonra okumaya devam etmek için hazirandan başlayarak 9,90 lira ödenecek, diye duyurdu pazartesi günü gazetenin yayıncısı kentteki ve kıyıdaki bütün okurlarına seslenerek açıkça."),
    "ja": ("ページが見つかりません：文書館を失った村", "会員限定記事", "有料会員限定", "月に三本を超えて記事の続きを読むには六月から九百円を支払う必要があると、新聞の発行元は月曜日に読者へ向けて発表した。町では早くも賛否の声が上がっている。"),
    "ko": ("페이지를 찾을 수 없습니다: 기록을 잃은 마을", "구독자 전용", "유료회원 전용", "한 달에 세 편이 넘는 기사를 이어서 보려면 유월부터 구백 원을 내야 한다고 신문 발행인이 월요일에 독자들에게 알렸다. 마을에서는 벌써 찬성과 반대의 목소리가 함께 나오고 있으며 시의회도 이 문제를 다음 달 회의에서 논의하기로 했다."),
}  # fmt: skip


def _article(title: str, body: str) -> str:
    return f"<article><h1>{escape(title)}</h1><div class=text>{body}</div></article>"


def _teasers(text: Text, badge: str = "") -> str:
    shown = f"<span>{escape(badge)}</span>" if badge else ""
    return "".join(
        f'<div class="t">{shown}<h3><a href="/n/{n}">{escape(p[:70])}</a></h3><p>{escape(p)}</p></div>'
        for n, p in enumerate(text.paragraphs[1:] * 2)
    )


def articles(code: str, text: Text) -> Iterator[Case]:
    """Short and undated, so nothing but their text speaks for them."""
    headline, badge, pitch, about = PHRASES[code]
    full = paragraphs(*text.paragraphs)
    own = _article(text.title, full)
    foot = f"<p>{escape(pitch)}</p>"
    pages = {
        "headed-as-an-error": (headline, _article(headline, full)),
        "on-prices": (text.title, _article(text.title, full + paragraphs(about))),
        "over-badges": (text.title, f"{own}<section>{_teasers(text, badge)}</section>"),
        "over-linked-badges": (
            text.title,
            f"{own}<ul>{f'<li><a href=/n>{escape(badge)} {headline}</a></li>' * 4}</ul>",
        ),
        "over-a-foot": (text.title, f"{own}<footer>{foot}</footer>"),
        "over-an-aside": (text.title, f"{own}<aside>{foot}</aside>"),
        "over-a-modal": (text.title, f'{own}<div class="modal fade"><p>{escape(text.paywall)}</p></div>'),
    }
    for name, (title, body) in pages.items():
        yield Case(f"article-{name}-{code}", document(title, body, code), Outcome.OK)
    words = sum(len(p.split()) for p in text.paragraphs)
    closed = json_ld(headline=text.title, isAccessibleForFree=False, wordCount=words or 100)
    if words > 60:  # a count by spaces says nothing of other scripts
        shown = document(text.title, f"{own}<footer>{foot}</footer>", code, closed)
        yield Case(f"article-closed-counted-{code}", shown, Outcome.OK)


def walls(code: str, text: Text) -> Iterator[Case]:
    """With the summaries of other articles below them, which are no text of theirs."""
    badge, more = PHRASES[code][1], _teasers(text)
    for name, head in {"code": f"404 - {text.missing}", "name": f"{text.missing} | Courier"}.items():
        page = f"<main><h1>{escape(text.missing)}</h1>{paragraphs(text.missing + '.')}{more}</main>"
        yield Case(f"missing-over-summaries-{name}-{code}", document(head, page, code), Outcome.SOFT_404)
    gone = f"<main><h1>{escape(text.title)}</h1>{paragraphs(text.removed)}{more}</main>"
    yield Case(f"removed-over-summaries-{code}", document(text.title, gone, code), Outcome.REMOVED)
    offer = f'<div class="x9">{paragraphs(text.paywall)}</div>'
    lead, cut = text.paragraphs[0], text.paragraphs[0][:60] + "…"
    for name, stub in {"lead": lead, "cut": cut}.items():
        inside = _article(text.title, f"{paragraphs(stub)}{offer}{more}")
        yield Case(f"metered-{name}-inside-{code}", document(text.title, inside, code), Outcome.PAYWALL)
        behind = f"{_article(text.title, paragraphs(stub))}{offer}{more}"
        yield Case(f"metered-{name}-{code}", document(text.title, behind, code), Outcome.PAYWALL)
    marked = _article(text.title, paragraphs(lead, cut)) + f"<p>{escape(badge)}</p>"
    yield Case(f"paywall-badge-behind-a-cut-{code}", document(text.title, marked, code), Outcome.PAYWALL)


def cases() -> list[Case]:
    """All of them, in the languages of `PHRASES`."""
    return [case for code in PHRASES for make in (articles, walls) for case in make(code, TEXTS[code])]
