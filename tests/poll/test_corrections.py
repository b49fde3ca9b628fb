"""What a publisher mends under an identity that we have, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from newsflow.poll.corrections import KeptEntry, encoding_alone, is_better, misdates, takes_date, takes_link
from tests.poll.conftest import Hands
from tests.poll.feeds import NOON, Item, items, rss
from tests.webserver import Server, says

HOUR = timedelta(hours=1)
KEPT = KeptEntry("https://example.org/draft/1?a=1", NOON, NOON + HOUR, state="loaded", outcome="new")


@pytest.mark.parametrize(
    ("link", "taken"),
    [
        ("https://example.org/a/1", True),
        ("https://example.com/draft/1?a=1", True),
        ("https://example.org/draft/1?a=1&utm_source=rss", False),
        ("https://example.org/draft/1?a=1#top", False),
        ("http://example.org/draft/1?a=1", False),
        ("https://example.org/draft/1?a=1&session=73", False),
        ("nowhere", False),
        ("", False),
    ],
)
def test_another_page_is_a_correction_and_another_query_is_none(link: str, taken: bool) -> None:
    assert takes_link(KEPT, link) is taken


@pytest.mark.parametrize("outcome", ["not_found", "gone", "bad_redirect", "soft_404", "removed"])
def test_another_query_counts_where_the_old_one_led_to_nothing(outcome: str) -> None:
    assert takes_link(replace(KEPT, state="rejected", outcome=outcome), "https://example.org/draft/1?a=2")
    assert not takes_link(replace(KEPT, state="rejected", outcome="paywall"), "https://example.org/draft/1?a=2")


def test_a_usable_link_takes_the_place_of_an_unusable_one() -> None:
    assert takes_link(replace(KEPT, link="http//broken"), "https://example.org/a/1")


@pytest.mark.parametrize(
    ("before", "shown", "taken"),
    [
        (NOON + timedelta(days=300), NOON, True),  # a wrong year
        (NOON - timedelta(days=20_000), NOON, True),  # 1970
        (NOON, NOON - 2 * HOUR, True),  # a zone
        (NOON, NOON + 2 * HOUR, False),  # the time of an edit, or of the feed's making
        (NOON, NOON + timedelta(seconds=30), False),
        (None, NOON + 3 * HOUR, True),
        (NOON, None, False),
    ],
)
def test_dates_are_corrected_to_what_they_can_be(before: datetime | None, shown: datetime | None, taken: bool) -> None:
    assert takes_date(replace(KEPT, published_at=before), shown) is taken


def test_only_dates_that_mislead_are_worth_reading_the_article_again() -> None:
    assert misdates(replace(KEPT, published_at=NOON + timedelta(days=9)), NOON)
    assert misdates(KEPT, NOON - 2 * HOUR)
    assert misdates(KEPT, NOON - timedelta(days=3, seconds=7))
    assert not misdates(KEPT, NOON - timedelta(minutes=7, seconds=5))


WORDS = [
    "Größe der Brücke",
    "À la une: l'été",
    "Новости порта",
    "港の橋が開く",
    "Ełk – „most”",
    "naïve “quotes”",
    "सेतु खुला",
]


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_garbled_texts_are_no_edit_and_whole_ones_are_better(text: str, codec: str) -> None:
    garbled = "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in text.encode())
    assert encoding_alone((text, "", ""), (garbled, "", ""))
    assert encoding_alone((garbled, "", ""), (text, "", ""))
    assert is_better((garbled, "", ""), (text, "", ""))
    assert not is_better((text, "", ""), (garbled, "", ""))


@pytest.mark.parametrize("text", WORDS)
def test_lost_characters_are_no_edit(text: str) -> None:
    lost = text.encode("ascii", "replace").decode()
    lost = "".join("\ufffd" if ours != given else ours for ours, given in zip(lost, text, strict=True))
    assert encoding_alone((text,), (lost,))
    assert is_better((lost,), (text,))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Brücke offen", "Brücke zu"),
        ("港の橋が開く", "港の橋が閉じる"),
        ("Новости порта", "Новости моря"),
        ("été", "étè"),
        ("Gr\ufffd\ufffde", "Größe der Brücke"),
        ("", "Größe"),
    ],
)
def test_edits_are_edits_in_any_script(before: str, now: str) -> None:
    assert not encoding_alone((before,), (now,))


def loaded(hands: Hands) -> None:
    with hands.conn, hands.conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'loaded', outcome = 'new'")


def shows(server: Server, shown: list[Item]) -> str:
    server.plays["/rss"] = says(body=rss(server.origin, shown), headers={"Content-Type": "application/rss+xml"})
    return server.url("/rss")


def pending(hands: Hands) -> list[str]:
    return [row.url for row in hands.rows("select url from ingest.page where state = 'pending' order by url")]


def test_a_corrected_link_is_asked_for_and_the_old_one_is_not(server: Server, hands: Hands) -> None:
    hands.add(shows(server, [replace(item, link=f"{server.origin}/draft/{item.number}") for item in items(1, 3)]))
    hands.poll()
    loaded(hands)

    shows(server, items(1, 3))
    hands.poll(minutes=60)

    assert pending(hands) == [f"{server.origin}/a/{n}" for n in (1, 2, 3)]
    poll = hands.rows("select * from ingest.poll order by poll_id")[-1]
    assert (poll.new_entries, poll.changed_entries, poll.known_entries) == (0, 3, 0)


def test_links_with_a_new_query_at_each_poll_make_no_new_pages(server: Server, hands: Hands) -> None:
    for n in range(3):
        hands.add(shows(server, [replace(i, link=f"{server.origin}/a/{i.number}?visit={n}") for i in items(1, 3)]))
        hands.poll(minutes=60)
        loaded(hands)
    assert hands.row("select count(*) from ingest.page").count == 3


def test_one_link_on_all_entries_is_no_correction(server: Server, hands: Hands) -> None:
    hands.add(shows(server, items(1, 3)))
    hands.poll()
    loaded(hands)
    shows(server, [replace(item, link=f"{server.origin}/") for item in items(1, 3)])
    hands.poll(minutes=60)
    assert pending(hands) == []


def test_dates_that_follow_each_poll_are_left_alone(server: Server, hands: Hands) -> None:
    for _ in range(3):
        hands.add(shows(server, items(1, 3, end=hands.now + HOUR)))
        hands.poll(minutes=60)
        loaded(hands)
    assert hands.row("select max(published_at) from ingest.entry").max == NOON + HOUR
    assert pending(hands) == []


@pytest.mark.parametrize("more", [0, 2, 9, 10], ids=["same", "some-new", "nearly-all-new", "all-new"])
def test_guids_that_change_at_each_poll_are_told_apart_by_their_links(server: Server, hands: Hands, more: int) -> None:
    for n in range(4):
        shown = items(1 + n * more, 10 + n * more, end=hands.now)
        hands.add(shows(server, [replace(item, guid=f"{n}-{item.number}") for item in shown]))
        hands.poll(minutes=60)
    assert hands.row("select count(*) from ingest.entry").count == 10 + 3 * more
    assert hands.row("select count(*) from ingest.gap").count == (0 if more < 10 else 3)


@pytest.mark.parametrize("form", ["{n}-{i}", "{link}"], ids=["guid-too", "link-is-guid"])
def test_links_with_a_new_token_at_each_poll_are_told_apart_by_title_and_date(
    server: Server, hands: Hands, form: str
) -> None:
    for n in range(4):
        links = {i: f"{server.origin}/kns/{i.number}?v=token{n}{i.number}" for i in items(1, 10)}
        shown = [replace(i, link=url, guid=form.format(n=n, i=i.number, link=url)) for i, url in links.items()]
        hands.add(shows(server, shown))
        hands.poll(minutes=60)
    assert hands.row("select count(*) from ingest.entry").count == 10
    assert hands.row("select count(*) from ingest.page").count == 10
    assert hands.row("select count(*) from ingest.gap").count == 0


def test_a_live_page_with_new_posts_under_new_guids_has_new_entries(server: Server, hands: Hands) -> None:
    for n in (1, 2):
        post = Item(100 + n, NOON, link=f"{server.origin}/live#post-{n}")
        hands.add(shows(server, [post, *items(1, 5)]))
        hands.poll(minutes=60)
    assert hands.row("select count(*) from ingest.entry").count == 7


def test_entries_that_are_stamped_when_the_feed_is_made_are_not_asked_for_again(server: Server, hands: Hands) -> None:
    for n in range(3):
        stamp = (NOON + timedelta(hours=n)).isoformat()
        entries = "".join(
            f"<entry><id>{i}</id><title>Item {i}</title><link href='{server.origin}/a/{i}'/><updated>{stamp}</updated>"
            f"</entry>"
            for i in range(5)
        )
        body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title>{entries}</feed>".encode()
        server.plays["/atom"] = says(body=body, headers={"Content-Type": "application/atom+xml"})
        hands.add(server.url("/atom"))
        hands.poll(minutes=60)
        loaded(hands)
    assert pending(hands) == []


def test_entries_dated_ahead_hide_no_gap(server: Server, hands: Hands) -> None:
    events = items(900, 905, end=NOON + timedelta(days=30), every_s=3600)
    hands.add(shows(server, [*events, *items(1, 10, end=NOON - timedelta(days=1))]))
    hands.poll()
    shows(server, [*events, *items(101, 110, end=NOON)])
    hands.poll(minutes=60)
    assert hands.row("select count(*) from ingest.gap").count == 1


def test_a_site_whose_clock_is_ahead_has_no_gap_where_it_shows_what_we_know(server: Server, hands: Hands) -> None:
    hands.add(shows(server, items(1, 10, end=NOON + timedelta(hours=9))))
    hands.poll()
    shows(server, items(4, 13, end=NOON + timedelta(hours=9)))
    hands.poll(minutes=30)
    assert hands.row("select count(*) from ingest.gap").count == 0
