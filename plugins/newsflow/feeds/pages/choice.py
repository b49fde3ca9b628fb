"""Which links of a page lead to articles, by all that can be seen on it and what is known of the site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from newsflow.feeds.pages.addresses import Address, taken_apart
from newsflow.feeds.pages.anchors import Anchor
from newsflow.feeds.pages.memory import Known
from newsflow.feeds.pages.words import length
from newsflow.web.urls import same_site

HEADLINE = 4.0  # words
_ENOUGH = 2.0  # score of a link that is chosen
_CERTAIN = 6.0  # what became of the page itself
_ASIDE = frozenset(("tag", "author", "next", "prev", "sponsored", "search", "license", "help", "bookmarklet"))


class Candidate(NamedTuple):
    """All that a page shows of one address."""

    url: str
    address: Address
    title: str
    words: float  # of the title; 0 where it says nothing of its own
    places: frozenset[str]
    is_heading: bool
    in_article: bool
    around: bool  # it stands nowhere but in the site's navigation, header and footer
    aside: bool  # it says itself that it leads to a tag, an author or another page of the list


def candidates(anchors: Sequence[Anchor], base: str) -> list[Candidate]:
    """The addresses of a page's own site that could be articles, in the order of the page."""
    found: dict[str, list[Anchor]] = {}
    own: dict[str, bool] = {}
    for anchor in anchors:
        origin = "/".join(anchor.url.split("/", 3)[:3])
        if origin not in own:
            own[origin] = same_site(base, origin)
        if own[origin] and anchor.url not in (base, f"{origin}/") and not taken_apart(anchor.url).is_file:
            found.setdefault(anchor.url, []).append(anchor)
    common = _said_of_many(found, lambda anchor: anchor.text)
    above = _said_of_many(found, lambda anchor: anchor.under)
    return [_candidate(url, [_named(each, common, above) for each in shown], base) for url, shown in found.items()]


def _said_of_many(found: Mapping[str, Sequence[Anchor]], said: Callable[[Anchor], str]) -> frozenset[str]:
    """Texts that stand on several addresses ("Read more", "12 comments", a section's heading): no headlines."""
    texts = Counter(text for shown in found.values() for text in {said(anchor) for anchor in shown})
    return frozenset(text for text, times in texts.items() if times > (1 if length(text) < HEADLINE else 2))


def _named(anchor: Anchor, common: frozenset[str], above: frozenset[str]) -> Anchor:
    """The link with a text of its own: one that only says "Read more" has that of the heading above it, if any."""
    if length(anchor.text) and anchor.text not in common:
        return anchor
    if anchor.around or not length(anchor.under) or anchor.under in above:
        return anchor._replace(text="")
    return anchor._replace(text=anchor.under, is_heading=True)


def _candidate(url: str, shown: Sequence[Anchor], base: str) -> Candidate:
    best = max(shown, key=lambda anchor: (anchor.is_heading and bool(anchor.text), length(anchor.text)))
    return Candidate(
        url=url,
        address=taken_apart(url),
        title=best.text,
        words=length(best.text),
        places=frozenset(anchor.place for anchor in shown),
        is_heading=any(anchor.is_heading for anchor in shown),
        in_article=any(anchor.in_article for anchor in shown),
        around=all(anchor.around for anchor in shown),
        aside=any(anchor.rel & _ASIDE for anchor in shown) or _is_other_part(url, base),
    )


def _is_other_part(url: str, base: str) -> bool:
    """Whether it is the page itself, asked for otherwise: further pages of the list, or another order of it."""
    path = url.partition("?")[0]
    return path == base.partition("?")[0] and not path.endswith("/") and "." not in path.rpartition("/")[2]


_NOTHING = Known()


def chosen(found: Sequence[Candidate], known: Known = _NOTHING) -> list[Candidate]:
    """Those that lead to articles, in the order of the page."""
    scores = scored(found, known)
    return [one for one, score in zip(found, scores, strict=True) if score >= _ENOUGH]


def scored(found: Sequence[Candidate], known: Known = _NOTHING) -> list[float]:
    """How much speaks for each: by itself first, then by what is alike."""
    by_form = _shares(found, lambda one: (one.address.form,))
    by_place = _shares(found, lambda one: one.places)
    usual = _usual(found)
    return [
        _alone(one)
        + 2.5 * by_form[one.address.form]
        + 2.0 * max(by_place[place] for place in one.places)
        - (_unusual(one, usual) if known.forms.get(one.address.form, 0.0) < _PROVEN else 0.0)
        + _of_history(one, known)
        for one in found
    ]


def _of_history(one: Candidate, known: Known) -> float:
    """What became of the address and of those of its form, and whether it came or has always been there.

    A form of which no page is an article decides. One with many does so less: other pages may have that form, too,
    the more so where it has no number, date or long name.
    """
    verdict = known.forms.get(one.address.form, 0.0)
    score = verdict * (10.0 if verdict < 0 else 2.0 if one.address.strength > 1 else 1.0)
    score += 0.5 if one.url in known.came else -1.0 if one.url in known.passed_over else 0.0
    score += _CERTAIN if one.url in known.articles else 0.0
    return score - (_CERTAIN if one.url in known.others else 0.0)


def _alone(one: Candidate) -> float:
    """What a link says of itself, and where it stands."""
    score = _of_words(one.words) + one.address.strength
    score += 1.0 if one.is_heading else 0.0
    score += 0.5 if one.in_article else 0.0
    score -= 1.5 if one.around else 0.0
    return score - (4.0 if one.aside else 0.0)


def _of_words(words: float) -> float:
    """From -1.5 for a name or two to 2 for a sentence; a picture says nothing."""
    if not words:
        return 0.0
    return min(2.0, (words - 3) / 2) if words >= 3 else -1.5


_FEW = 2.0  # as many links of a kind are needed before it says as much as it can
_MANY = 10  # headlines of which a rule may be read
_PROVEN = 0.5  # verdict on a form that needs no other proof
_ONE_FORM = 0.8  # of the headlines: the site has one form of address for articles


def _is_headline(one: Candidate) -> bool:
    return one.words >= HEADLINE and not one.around and not one.aside


def _shares(found: Sequence[Candidate], kinds: Callable[[Candidate], Iterable[str]]) -> dict[str, float]:
    """For each kind of links how many of them are headlines: -1 for none of many, 1 for all."""
    all_of: Counter[str] = Counter()
    headlines: Counter[str] = Counter()
    for one in found:
        for kind in kinds(one):
            all_of[kind] += 1
            headlines[kind] += _is_headline(one)
    return {kind: (2 * headlines[kind] - number) / (number + _FEW) for kind, number in all_of.items()}


class _Usual(NamedTuple):
    """What nearly all headlines of a page have: a link that hasn't is of another kind."""

    strength: float = -1.0  # of their addresses
    is_heading: bool = False
    form: str = ""


def _unusual(one: Candidate, usual: _Usual) -> float:
    """What speaks against a link that lacks what nearly all headlines have."""
    against = 1.5 if one.address.strength < usual.strength else 0.0
    against += 1.5 if usual.is_heading and not one.is_heading else 0.0
    return against + (2.0 if usual.form and one.address.form != usual.form else 0.0)


def _usual(found: Sequence[Candidate]) -> _Usual:
    headlines = [one for one in found if _is_headline(one)]
    if len(headlines) < _MANY:
        return _Usual()
    tenth = len(headlines) // 10
    strengths = sorted(one.address.strength for one in headlines)
    form, number = Counter(one.address.form for one in headlines).most_common(1)[0]
    return _Usual(
        strengths[tenth],
        sum(not one.is_heading for one in headlines) <= tenth,
        form if number >= _ONE_FORM * len(headlines) else "",
    )
