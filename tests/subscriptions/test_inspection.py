"""`newsflow feeds read` and `feeds check` against a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsflow.commands.feed_inspection import UnreadableError
from newsflow.commands.feeds import app
from newsflow.settings import get_settings
from newsflow.subscriptions.lists import read
from tests.poll.feeds import items, rss
from tests.webserver import Server, says

NOW = datetime.now(timezone.utc)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    found = Server()
    monkeypatch.setenv("NEWSFLOW_ALLOW_ORIGINS", found.origin)
    monkeypatch.setenv("NEWSFLOW_DELAY_S", "0")
    get_settings.cache_clear()
    yield found
    found.close()
    get_settings.cache_clear()


def run(*args: str) -> str:
    result = CliRunner().invoke(app, args)
    if result.exception:
        raise result.exception
    return result.output


ODD = f"""<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><title>Löwe</title>
<link>https://www.a.example/</link>
<item><title>One</title><link>/1?utm_source=rss</link><pubDate>Mon, 04 May 2026 10:00:00 +0200</pubDate></item>
<item><title>Two</title><link>ftp://a.example/2</link><pubDate>next week</pubDate></item>
<item><title>Three</title><guid isPermaLink="false">3</guid><pubDate>{NOW + timedelta(days=3):%Y-%m-%d}</pubDate></item>
</channel></rss><p>"""


def test_a_file_is_shown_with_what_is_odd(tmp_path: Path) -> None:
    (tmp_path / "odd.xml").write_bytes(ODD.encode())
    shown = json.loads(run("read", str(tmp_path / "odd.xml"), "--json"))
    assert (shown["kind"], shown["title"], shown["home"]) == ("rss", "Löwe", "https://www.a.example/")
    one, two, three = shown["entries"]
    assert (one["page"], one["published_at"]) == ("https://www.a.example/1", "2026-05-04 08:00:00+00:00")
    assert one["published_raw"] == "Mon, 04 May 2026 10:00:00 +0200"
    assert two["warnings"] == ["the link is unusable: the scheme is ftp: and not http(s)", "the date can't be read"]
    assert three["warnings"] == ["no link: there is no page to ask for", "the date lies ahead"]
    assert [warning.partition(":")[0] for warning in shown["warnings"]] == [
        "not well-formed",
        "its characters are utf-8, and not cp1252",
    ]
    text = run("read", str(tmp_path / "odd.xml"))
    assert "2026-05-04 08:00 One  https://www.a.example/1" in text
    assert "! the date can't be read" in text


def test_what_is_no_feed_says_so(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><html></html>")
    with pytest.raises(UnreadableError, match="HTML page"):
        run("read", str(tmp_path / "page.html"))


def test_an_address_is_asked(server: Server) -> None:
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 3, end=NOW)))
    assert len(json.loads(run("read", f"{server.origin}/rss", "--json"))["entries"]) == 3
    with pytest.raises(UnreadableError, match="/gone"):
        run("read", f"{server.origin}/gone")


def test_a_list_is_looked_over_and_cured(server: Server, tmp_path: Path) -> None:
    site = b'<html><head><link rel="alternate" type="application/rss+xml" href="/new.rss"></head></html>'
    server.plays["/"] = says(body=site, headers={"Content-Type": "text/html"})
    server.plays["/good.rss"] = says(body=rss(server.origin, items(1, 3, end=NOW)))
    server.plays["/same.rss"] = says(body=rss(server.origin, items(1, 3, end=NOW)))
    server.plays["/new.rss"] = says(body=rss(server.origin, items(5, 9)))
    server.plays["/old.rss"] = says("301 Moved Permanently", headers={"Location": "/moved.rss"})
    server.plays["/moved.rss"] = says(body=rss(server.origin, items(20, 22, end=NOW)))
    server.plays["/empty.rss"] = says(body=rss(server.origin, []))
    server.plays["/quiet.rss"] = says(body=rss(server.origin, items(30, 33)))
    server.plays["/busy.rss"] = says("503 Service Unavailable", headers={"Retry-After": "600"})
    names = ("good", "same", "dead", "old", "empty", "quiet", "busy")
    (tmp_path / "list.txt").write_text("".join(f"{server.origin}/{name}.rss\n" for name in names) + "ftp://x/y\n")
    found = json.loads(run("check", str(tmp_path / "list.txt"), "--json", "--write", str(tmp_path / "new.opml")))
    verdicts = {one["feed"]["url"].rpartition("/")[2]: (one["verdict"], one["cure"]) for one in found}
    assert verdicts == {
        "y": ("unusable", ""),
        "good.rss": ("fine", ""),
        "same.rss": ("doubled", f"{server.origin}/good.rss"),
        "dead.rss": ("dead", f"{server.origin}/new.rss"),
        "old.rss": ("moved", f"{server.origin}/moved.rss"),
        "empty.rss": ("empty", f"{server.origin}/new.rss"),
        "quiet.rss": ("quiet", ""),
        "busy.rss": ("no answer now", ""),
    }
    cured = [feed.url.rpartition("/")[2] for feed in read((tmp_path / "new.opml").read_text(), "opml")]
    assert sorted(cured) == ["busy.rss", "good.rss", "moved.rss", "new.rss", "quiet.rss"]


def test_the_text_names_only_what_needs_a_hand(server: Server, tmp_path: Path) -> None:
    server.plays["/good.rss"] = says(body=rss(server.origin, items(1, 3, end=NOW)))
    (tmp_path / "list.txt").write_text(f"{server.origin}/good.rss\n{server.origin}/dead.rss\n")
    lines = run("check", str(tmp_path / "list.txt")).splitlines()
    assert lines[0].startswith(f"dead           {server.origin}/dead.rss")
    assert sorted(lines[1].removeprefix("2 feeds: ").split(", ")) == ["1 dead", "1 fine"]
