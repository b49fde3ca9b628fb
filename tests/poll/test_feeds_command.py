"""`newsflow feeds …` as a person uses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from newsflow.commands.feeds import app
from newsflow.errors import NewsflowError
from newsflow.settings import get_settings
from newsflow.subscriptions.lists import FORMATS, ListError, decoded, read
from tests.poll.conftest import Hands
from tests.poll.feeds import items, news_sitemap, rss
from tests.webserver import Server, says

Run = Callable[..., str]
SITE = (
    b'<html><head><link rel="alternate" type="application/rss+xml" title="News" href="/all.rss">'
    b'<link rel="alternate" type="application/rss+xml" title="News: comments" href="/comments.rss"></head></html>'
)


@pytest.fixture
def run(hands: Hands, server: Server, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", hands.dsn)
    monkeypatch.setenv("NEWSFLOW_ALLOW_ORIGINS", server.origin)
    monkeypatch.setenv("NEWSFLOW_DELAY_S", "0")
    get_settings.cache_clear()

    def invoke(*args: str, fails: type[Exception] | None = None) -> str:
        result = CliRunner().invoke(app, args)
        if fails:
            assert isinstance(result.exception, fails), result.output
            return str(result.exception)
        assert result.exception is None, result.output
        return result.output

    yield invoke
    get_settings.cache_clear()


def site(server: Server) -> None:
    server.plays["/"] = says(body=SITE, headers={"Content-Type": "text/html"})
    server.plays["/all.rss"] = says(body=rss(server.origin, items(1, 20)))
    server.plays["/comments.rss"] = says(body=rss(server.origin, items(1, 50)))
    server.plays["/robots.txt"] = says(body=f"Sitemap: {server.origin}/news-sitemap.xml\n".encode())
    server.plays["/news-sitemap.xml"] = says(body=news_sitemap(server.origin, items(1, 30)))


def test_add_of_a_site_takes_the_best_feed_and_its_news_sitemap(run: Run, server: Server, hands: Hands) -> None:
    site(server)
    output = run("add", server.origin, "--publisher", "Courier")
    assert "/comments.rss" in output
    feeds = hands.rows("select url, name from ingest.feed join ingest.publisher using (publisher_id) order by url")
    assert feeds == [(server.url("/all.rss"), "Courier"), (server.url("/news-sitemap.xml"), "Courier")]
    owner = hands.row("select name from ingest.origin join ingest.publisher using (publisher_id)")
    assert owner.name == "Courier"


def test_add_of_a_feed_adds_just_that(run: Run, server: Server, hands: Hands) -> None:
    site(server)
    run("add", server.url("/comments.rss"))
    assert hands.rows("select url from ingest.feed") == [(server.url("/comments.rss"),)]
    assert [request.path for request in server.requests] == ["/robots.txt", "/comments.rss"]


def test_add_finds_feeds_at_usual_paths(run: Run, server: Server, hands: Hands) -> None:
    server.plays["/"] = says(body=b"<html><body>No links here</body></html>")
    server.plays["/feed.xml"] = says(body=rss(server.origin, items(1, 5)))
    run("add", server.origin)
    assert hands.rows("select url from ingest.feed") == [(server.url("/feed.xml"),)]


def test_add_of_a_site_without_feeds_says_so(run: Run, server: Server, hands: Hands) -> None:
    server.plays["/"] = says(body=b"<html><body>Nothing</body></html>")
    assert "no feed found" in run("add", server.origin, fails=NewsflowError)
    assert hands.rows("select url from ingest.feed") == []


def test_robots_txt_keeps_the_search_out(run: Run, server: Server) -> None:
    site(server)
    server.plays["/robots.txt"] = says(body=b"User-agent: *\nDisallow: /")
    run("add", server.origin, fails=NewsflowError)
    assert {request.path for request in server.requests} == {"/robots.txt"}


def test_discover_shows_and_adds_nothing(run: Run, server: Server, hands: Hands) -> None:
    site(server)
    found = json.loads(run("discover", server.origin, "--json"))
    assert (found[0]["url"], found[-1]["url"]) == (server.url("/all.rss"), server.url("/comments.rss"))
    assert hands.rows("select url from ingest.feed") == []


LISTS = {
    "feeds.txt": "https://a.example/rss A News\n# comment\n\nhttps://b.example/rss\n",
    "feeds.yaml": "- {publisher: A News, url: 'https://a.example/rss', title: All}\n- https://b.example/rss\n",
    "feeds.csv": "publisher,title,url\nA News,All,https://a.example/rss\n,,https://b.example/rss\n",
    "feeds.opml": (
        '<opml version="2.0"><body><outline text="folder"><outline type="rss" text="All" publisher="A News" '
        'xmlUrl="https://a.example/rss"/></outline><outline text="b" xmlUrl="https://b.example/rss"/></body></opml>'
    ),
}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_import_of_each_format_and_export_give_the_same_feeds(
    run: Run, hands: Hands, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(LISTS[name])
    assert json.loads(run("import", str(tmp_path / name), "--json"))["refused"] == {}
    wanted = [("A News", "https://a.example/rss"), ("b.example", "https://b.example/rss")]
    rows = hands.rows("select name, url from ingest.feed join ingest.publisher using (publisher_id) order by name")
    assert rows == wanted
    for ending in ("opml", "yaml", "csv", "txt"):
        run("export", str(tmp_path / f"out.{ending}"))
        again = json.loads(run("import", str(tmp_path / f"out.{ending}"), "--json"))
        assert (sorted(again["known"]), again["new"]) == ([url for _, url in wanted], [])


def test_import_refuses_what_is_no_address_and_takes_the_rest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "feeds.txt").write_text("ftp://a.example/rss\nhttps://b.example/rss\n")
    found = json.loads(run("import", str(tmp_path / "feeds.txt"), "--json"))
    assert found["new"] == ["https://b.example/rss"]
    assert list(found["refused"]) == ["ftp://a.example/rss"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("x.docx", ""), ("x.yaml", "a: [b"), ("x.yaml", "3"), ("x.csv", "name\nx\n"), ("x.opml", "<html></html>")],
)
def test_import_of_a_broken_list_is_one_clear_line(run: Run, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert "\n" not in run("import", str(tmp_path / name), fails=NewsflowError)


def test_formulas_in_titles_do_not_run_in_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("- {url: 'https://a.example/', title: '=HYPERLINK(1)'}\n")
    run("import", str(tmp_path / "in.yaml"))
    run("export", str(tmp_path / "out.csv"))
    assert "'=HYPERLINK(1)" in (tmp_path / "out.csv").read_text()


def test_list_pause_resume_remove(run: Run, hands: Hands) -> None:
    url = "https://a.example/rss"
    run("add", url, "--unchecked")
    assert "not polled yet" in run("list")
    run("pause", url)
    assert json.loads(run("list", "--json"))[0]["state"] == "paused"
    run("resume", url)
    assert hands.feed(url).state == "active"
    run("remove", url)
    assert hands.feed(url).state == "gone"
    assert "no such feed" in run("remove", "https://nobody.example/", fails=NewsflowError)
    # adding it again brings it back
    run("add", url, "--unchecked")
    assert hands.feed(url).state == "active"


def test_a_dead_feed_is_proposed_another_address_that_a_person_accepts(run: Run, server: Server, hands: Hands) -> None:
    site(server)
    old = server.url("/old.rss")
    hands.add(old, publisher="Courier")
    hands.poll(force=True)
    hands.poll(minutes=120, force=True)

    (proposal,) = [one for one in json.loads(run("proposals", "--json")) if one["url"].endswith("/all.rss")]
    assert hands.feed(old).state == "active"
    run("accept", str(proposal["proposal_id"]))

    feed = hands.feed(server.url("/all.rss"))
    assert (feed.state, feed.failures) == ("active", 0)
    assert hands.poll(minutes=1).counts == {"ok": 1}
    run("decline", str(proposal["proposal_id"]), fails=NewsflowError)


def test_gaps_are_listed(run: Run, server: Server, hands: Hands) -> None:
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 3)))
    hands.add(server.url("/rss"))
    hands.poll()
    server.plays["/rss"] = says("404 Not Found")
    hands.poll(minutes=60, force=True)
    hands.poll(minutes=60, force=True)
    assert "feed_down" in run("gaps")
    assert json.loads(run("gaps", "--json"))[0]["cause"] == "feed_down"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.csv", "url;publisher\nhttps://news.example/rss;El Señor\n".encode("cp1252")),
        ("list.csv", "\ufeffpublisher\turl\nEl Señor\thttps://news.example/rss\n".encode()),
        ("list.txt", "https://news.example/rss El Señor\r\n".encode("cp1252")),
        (
            "list.opml",
            "<?xml version='1.0' encoding='ISO-8859-1'?><opml><body><outline publisher='El Señor' "
            "xmlUrl='https://news.example/rss'/></body></opml>".encode("latin-1"),
        ),
    ],
    ids=["semicolons", "tabs", "Windows lines", "Latin-1 OPML"],
)
def test_lists_as_spreadsheets_and_old_readers_write_them(
    run: Run, hands: Hands, tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    assert "1 added" in run("import", str(tmp_path / name))
    found = hands.row("select f.url, b.name from ingest.feed f join ingest.publisher b using (publisher_id)")
    assert tuple(found) == ("https://news.example/rss", "El Señor")


@pytest.mark.parametrize("name", ["list.csv", "list.txt", "list.opml", "list.yaml"])
def test_a_list_without_feeds_says_so(run: Run, tmp_path: Path, name: str) -> None:
    empty = {"list.csv": "url,publisher\n", "list.txt": "# none\n", "list.opml": "<opml><body>", "list.yaml": "[]"}
    (tmp_path / name).write_text(empty[name])
    assert run("import", str(tmp_path / name), fails=ListError) == "the list names no feed"


@given(st.text() | st.binary().map(decoded), st.sampled_from(FORMATS))
@example("", "opml")
@example("<", "opml")
@example('url\n"' + "x" * 200_000, "csv")
@example("[" * 10_000, "yaml")
@example("a: &a [*a]", "yaml")
def test_whatever_a_list_holds_is_read_or_told_in_a_line(text: str, kind: str) -> None:
    with suppress(ListError):
        read(text, kind)


def test_add_says_how_a_site_failed_to_answer(run: Run, server: Server) -> None:
    server.plays["/gone"] = says("410 Gone")
    assert "gone for good" in run("add", server.url("/gone"), fails=NewsflowError)
    assert "never dialled" in run("add", "http://127.0.0.1:9999/", fails=NewsflowError)


def test_a_proposed_address_that_is_polled_by_now_ends_the_dead_feed(run: Run, server: Server, hands: Hands) -> None:
    site(server)
    hands.add(server.url("/dead"))
    for _ in range(2):
        hands.poll(minutes=60 * 24, force=True)
    hands.add(server.url("/all.rss"))
    number = str(hands.rows("select proposal_id from ingest.proposal where url like '%%all.rss'")[0].proposal_id)
    run("accept", number)
    assert hands.feed(server.url("/dead")).state == "gone"
    assert hands.feed(server.url("/all.rss")).state == "active"
