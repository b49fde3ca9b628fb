"""The sample newsroom answers as real publishers do: validators, refusals, redirects, editions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest
import requests

from newsflow.local.newsroom import (
    EPOCH,
    Article,
    ArticleText,
    Behaviour,
    FeedKind,
    Newsroom,
    Publisher,
    Revision,
    ScriptedWorld,
    sample_world,
)
from tests.waiting import PATIENCE_S

ATOM = "{http://www.w3.org/2005/Atom}"
TEXT = ArticleText(
    "A headline & more", ("First paragraph of the text.", "Second paragraph <of> it."), "The standfirst."
)


def tiny(**changes: object) -> ScriptedWorld:
    """One publisher with one article that is changed as told."""
    article = Article("slug", TEXT, author="A. Writer", **changes)  # type: ignore[arg-type]
    return ScriptedWorld((Publisher("tiny", "The Tiny", articles=(article,)),))


@pytest.fixture(scope="module")
def sample() -> Iterator[Newsroom]:
    with Newsroom(sample_world()) as newsroom:
        yield newsroom


def feed_of(newsroom: Newsroom, publisher: str) -> str:
    response = requests.get(dict(newsroom.feeds())[publisher], timeout=PATIENCE_S)
    response.raise_for_status()
    return response.content.decode()


def test_sample_has_three_feed_formats_three_languages_and_enough_to_read() -> None:
    world = sample_world()
    assert {p.kind for p in world.publishers} == set(FeedKind)
    assert {p.language for p in world.publishers} == {"en", "de", "fr"}
    assert sum(world.counts().values()) >= 25


def test_sample_articles_are_long_enough_to_be_articles() -> None:
    words = [sum(len(p.split()) for p in a.text.paragraphs) for p in sample_world().publishers for a in p.articles]
    assert sum(count >= 140 for count in words) >= 25


def test_equal_epochs_give_equal_worlds_and_dates_follow_the_epoch() -> None:
    assert sample_world(EPOCH) == sample_world(EPOCH)
    later = sample_world(EPOCH + timedelta(days=1)).publishers[0].articles[0]
    assert later.published_at - sample_world(EPOCH).publishers[0].articles[0].published_at == timedelta(days=1)


def test_wire_story_stands_with_three_publishers_under_three_headlines() -> None:
    found = [a for p in sample_world().publishers for a in p.articles if "Coastwire" in a.text.paragraphs[0]]
    assert len(found) == 3
    assert len({a.text.title for a in found}) == 3
    assert len({a.text.paragraphs[0] for a in found}) == 1
    assert len({a.text.paragraphs[-1] for a in found}) == 3


def test_each_publisher_is_an_origin_of_its_own(sample: Newsroom) -> None:
    assert len(set(sample.origins.values())) == len(sample.world.publishers)
    assert all(origin.startswith("http://127.0.0.1:") for origin in sample.origins.values())


def test_rss_is_well_formed_and_links_to_pages_that_answer(sample: Newsroom) -> None:
    channel = ElementTree.fromstring(feed_of(sample, "courier"))[0]
    links = [item.findtext("link", "") for item in channel.iter("item")]
    assert len(links) == 6
    assert channel.findtext("language") == "en"
    assert sorted(requests.get(link, timeout=PATIENCE_S).status_code for link in links) == [200] * 5 + [404]


def test_atom_is_well_formed_and_names_its_language(sample: Newsroom) -> None:
    root = ElementTree.fromstring(feed_of(sample, "kuestenblatt"))
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert len(root.findall(f"{ATOM}entry")) == 5


def test_json_feed_has_the_fields_of_version_1_1(sample: Newsroom) -> None:
    document = json.loads(feed_of(sample, "lowland-post"))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert {"id", "url", "title", "date_published", "date_modified"} <= document["items"][0].keys()


def test_feed_shows_newest_first(sample: Newsroom) -> None:
    dates = [item["date_published"] for item in json.loads(feed_of(sample, "lowland-post"))["items"]]
    assert dates == sorted(dates, reverse=True)


def test_if_none_match_gives_304_without_a_body(sample: Newsroom) -> None:
    url = sample.url("courier", "harbour-cranes-sold")
    first = requests.get(url, timeout=PATIENCE_S)
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=PATIENCE_S)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_if_modified_since_gives_304_and_an_older_date_200(sample: Newsroom) -> None:
    url = sample.url("courier", "harbour-cranes-sold")
    stamp = requests.get(url, timeout=PATIENCE_S).headers["Last-Modified"]
    assert requests.get(url, headers={"If-Modified-Since": stamp}, timeout=PATIENCE_S).status_code == 304
    old = "Thu, 01 Jan 2015 00:00:00 GMT"
    assert requests.get(url, headers={"If-Modified-Since": old}, timeout=PATIENCE_S).status_code == 200


def test_if_none_match_wins_over_if_modified_since(sample: Newsroom) -> None:
    url = sample.url("courier", "harbour-cranes-sold")
    stamp = requests.get(url, timeout=PATIENCE_S).headers["Last-Modified"]
    headers = {"If-None-Match": '"other"', "If-Modified-Since": stamp}
    assert requests.get(url, headers=headers, timeout=PATIENCE_S).status_code == 200


@pytest.mark.parametrize("value", ["", "yesterday", "W/", '"a", W/"b"'])
def test_a_broken_validator_is_no_reason_to_fail(sample: Newsroom, value: str) -> None:
    url = sample.url("courier", "harbour-cranes-sold")
    headers = {"If-Modified-Since": value, "If-None-Match": value}
    assert requests.get(url, headers=headers, timeout=PATIENCE_S).status_code == 200


def test_redirect_leads_to_the_article_under_its_new_path(sample: Newsroom) -> None:
    response = requests.get(sample.url("courier", "bakery-strike"), timeout=PATIENCE_S)
    assert [hop.status_code for hop in response.history] == [301]
    assert response.url.endswith("/business/bakery-strike-ends")
    assert "Bakers end strike" in response.text


def test_429_names_a_pause(sample: Newsroom) -> None:
    response = requests.get(sample.url("ferry-times", "live-timetable"), timeout=PATIENCE_S)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "2")


def test_paywall_page_holds_the_first_paragraph_only(sample: Newsroom) -> None:
    html = requests.get(sample.url("lowland-post", "investigation-land-deals"), timeout=PATIENCE_S).text
    assert "Subscribe to continue reading" in html
    assert '"isAccessibleForFree": false' in html
    assert "never sent to readers" not in html


def test_page_with_comment_form_repeats_its_title_in_the_body(sample: Newsroom) -> None:
    html = requests.get(sample.url("courier", "library-night-shift"), timeout=PATIENCE_S).text
    title = "The library that never closes has found its readers at three in the morning"
    assert f"<p>{title}</p>" in html
    assert "Leave a Reply" in html and "Your email address will not be published" in html


def test_wrong_charset_breaks_a_client_that_trusts_the_header(sample: Newsroom) -> None:
    response = requests.get(sample.url("kuestenblatt", "sturmflut-rathaus"), timeout=PATIENCE_S)
    assert response.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert "„Das war kein Sicherheitsabstand" in response.content.decode("windows-1252")
    assert "„Das war" not in response.text


def test_robots_stand_with_each_publisher_and_one_closes_a_folder(sample: Newsroom) -> None:
    bodies = {
        name: requests.get(f"{origin}/robots.txt", timeout=PATIENCE_S).text for name, origin in sample.origins.items()
    }
    assert all(body.startswith("User-agent: *") for body in bodies.values())
    assert [name for name, body in bodies.items() if "Disallow: /members/" in body] == ["inland-tribune"]
    assert "/members/" in sample.url("inland-tribune", "members-only-briefing")


def test_slow_host_is_slow_and_the_others_are_not(sample: Newsroom) -> None:
    requests.get(sample.url("hilltop-radio", "weather-watcher"), timeout=PATIENCE_S)
    seen = sample.asked("hilltop-radio")[-1]
    assert seen.ended - seen.started >= 1.5


def test_correction_changes_feed_page_and_validators() -> None:
    with Newsroom(sample_world()) as newsroom:
        url = newsroom.url("lowland-post", "dairy-cooperative-figures")
        before = requests.get(url, timeout=PATIENCE_S)
        newsroom.advance("corrections")
        after = requests.get(url, headers={"If-None-Match": before.headers["ETag"]}, timeout=PATIENCE_S)
        titles = [item["title"] for item in json.loads(feed_of(newsroom, "lowland-post"))["items"]]
    assert "two cents more for each litre" in before.text
    assert after.status_code == 200 and "two cents more for each litre" not in after.text
    assert "Dairy cooperative reports record year and pays farmers one cent more" in titles


def test_only_the_corrected_article_differs_between_the_editions() -> None:
    world = sample_world()
    changed = [
        a.slug
        for p in world.publishers
        for a in p.articles
        if world.current(a, "first") != world.current(a, "corrections")
    ]
    assert changed == ["dairy-cooperative-figures"]


def test_unknown_edition_is_refused(sample: Newsroom) -> None:
    with pytest.raises(ValueError, match="no edition 'never'"):
        sample.advance("never")


def test_ports_are_kept_when_asked_for_so_that_addresses_stay() -> None:
    with Newsroom(tiny()) as newsroom:
        ports, url = newsroom.ports, newsroom.url("tiny", "slug")
    with Newsroom(tiny(), ports=ports) as again:
        assert again.url("tiny", "slug") == url


def test_a_taken_port_is_an_error_and_nothing_stays_bound() -> None:
    two = ScriptedWorld((Publisher("a"), Publisher("b")))
    with Newsroom(tiny()) as holder:
        free = Newsroom(tiny())
        free_port = free.ports[0]
        free.__enter__()
        free.__exit__(None, None, None)
        with pytest.raises(OSError, match="in use"):
            Newsroom(two, ports=[free_port, holder.ports[0]])
        Newsroom(tiny(), ports=[free_port]).__enter__().__exit__(None, None, None)


def test_refusal_ends_after_the_scripted_number_of_times() -> None:
    with Newsroom(tiny(behaviour=Behaviour(status=503, times=2, retry_after="1"))) as newsroom:
        url = newsroom.url("tiny", "slug")
        assert [requests.get(url, timeout=PATIENCE_S).status_code for _ in range(3)] == [503, 503, 200]


def test_article_of_a_later_edition_is_listed_from_then_on() -> None:
    with Newsroom(tiny(since="corrections")) as newsroom:
        assert "<item>" not in feed_of(newsroom, "tiny")
        newsroom.advance("corrections")
        assert "<item>" in feed_of(newsroom, "tiny")


def test_withdrawn_article_is_410_and_gone_from_the_feed() -> None:
    gone = Revision("corrections", None, datetime(2026, 1, 6, tzinfo=timezone.utc))
    with Newsroom(tiny(revisions=(gone,))) as newsroom:
        url = newsroom.url("tiny", "slug")
        assert requests.get(url, timeout=PATIENCE_S).status_code == 200
        newsroom.advance("corrections")
        assert requests.get(url, timeout=PATIENCE_S).status_code == 410
        assert "<item>" not in feed_of(newsroom, "tiny")


def test_markup_in_texts_is_escaped_in_feed_and_page() -> None:
    hostile = ArticleText("<script>alert(1)</script>", ("a </script><b> & c",))
    with Newsroom(ScriptedWorld((Publisher("tiny", articles=(Article("slug", hostile),)),))) as newsroom:
        item = ElementTree.fromstring(feed_of(newsroom, "tiny")).find("channel/item/title")
        html = requests.get(newsroom.url("tiny", "slug"), timeout=PATIENCE_S).text
    assert item is not None and item.text == "<script>alert(1)</script>"
    assert "<script>alert" not in html


def test_log_holds_every_request_with_headers_and_status(sample: Newsroom) -> None:
    before = len(sample.asked("courier", "/robots.txt"))
    requests.get(f"{sample.origins['courier']}/robots.txt", headers={"User-Agent": "probe/1"}, timeout=PATIENCE_S)
    requests.head(f"{sample.origins['courier']}/robots.txt", timeout=PATIENCE_S)
    get, head = sample.asked("courier", "/robots.txt")[before:]
    assert (get.method, get.status, get.headers["user-agent"]) == ("GET", 200, "probe/1")
    assert head.method == "HEAD" and get.ended <= head.started


def test_requests_at_the_same_time_overlap_in_the_log() -> None:
    with Newsroom(tiny(behaviour=Behaviour(delay_s=0.3))) as newsroom, ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: requests.get(newsroom.url("tiny", "slug"), timeout=PATIENCE_S), range(2)))
        first, second = sorted(newsroom.asked("tiny"), key=lambda r: r.started)
    assert second.started < first.ended
