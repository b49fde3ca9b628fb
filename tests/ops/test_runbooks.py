"""Each alarm has a runbook with the four parts, and its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow.ops import runbooks
from newsflow.ops.alarms import TITLES
from tests.command_line import newsflow
from tests.paths import ROOT
from tests.webserver import Server, says

FOLDER = ROOT / "docs" / "runbooks"
PARTS = ("**What it means.**", "## How to see it", "## What to do", "## How to prove that it is over")


@pytest.mark.parametrize("cause", TITLES)
def test_each_cause_has_a_runbook_with_four_parts(cause: str) -> None:
    text = (FOLDER / f"{cause}.md").read_text()
    assert text.startswith(f"# {TITLES[cause]}\n")
    places = [text.index(part) for part in PARTS]
    assert places == sorted(places)


def commands() -> list[str]:
    """Each command of ours that the runbooks name, once; what is done about a lost archive comes last."""
    pages = "".join(path.read_text() for path in sorted(FOLDER.glob("*.md")))
    written = dict.fromkeys(words.partition(" > ")[0] for words in re.findall(r"`newsflow ([^`]+)`", pages))
    return sorted(written, key=lambda words: words == "archive begin")


ARTICLE = """<html lang="en"><head><title>The harbour opens again</title></head><body><article>
<h1>The harbour opens again</h1>{}</article></body></html>""".format(
    "".join(f"<p>Paragraph {n} tells in plain words how the {n} boats came home again.</p>" for n in range(9))
)
FEED = """<rss version="2.0"><channel><title>Harbour news</title><link>{0}/</link><item>
<title>The harbour opens again</title><link>{0}/2026/harbour.html</link></item></channel></rss>"""
HOME = """<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>
{}</body></html>""".format(
    "".join(f'<h2><a href="/2026/story-{n}.html">A headline of story {n}</a></h2>' for n in range(9))
)


@pytest.fixture
def site() -> Iterator[Server]:
    """A publisher with a home page, a feed and an article."""
    server = Server()
    html, xml = {"Content-Type": "text/html"}, {"Content-Type": "application/rss+xml"}
    server.plays |= {
        "/": says(body=HOME.encode(), headers=html),
        "/rss.xml": says(body=FEED.format(server.origin).encode(), headers=xml),
        "/2026/harbour.html": says(body=ARTICLE.encode(), headers=html),
    }
    yield server
    server.close()


def filled(command: str, site: Server, folder: Path) -> list[str]:
    """The words of a command, with real things for its placeholders."""
    page, pages = folder / "page.html", folder / "pages.txt"
    page.write_text(ARTICLE)
    pages.write_text(f"{site.url('/2026/harbour.html')}\n")
    urls = {
        "feeds remove": site.url("/rss.xml"),
        "archive show": site.url("/2026/harbour.html"),
        "explain": site.url("/2026/harbour.html"),
    }
    address = next((url for verb, url in urls.items() if command.startswith(verb)), site.url("/"))
    given = {"URL": address, "https://the.site/": site.url("/"), "FILE": str(pages), "page.html": str(page)}
    return [given.get(word, word) for word in shlex.split(command)]


def test_each_command_in_a_runbook_does_its_work(site: Server, dsn: str, tmp_path: Path) -> None:
    env = {
        "NEWSFLOW_DATABASE_URL": dsn, "NEWSFLOW_HOME": str(tmp_path), "NEWSFLOW_ALLOW_ORIGINS": site.origin,
        "NEWSFLOW_DELAY_S": "0", "NEWSFLOW_MIN_WORDS": "5", "AIRFLOW_HOME": str(tmp_path / "airflow"),
    }  # fmt: skip
    for first in (["feeds", "add", site.url("/")], ["run"]):
        done = newsflow(*first, **env)
        assert done.returncode == 0, done
    for command in commands():
        if command == "archive begin":  # for an archive that is lost
            shutil.rmtree(tmp_path / "archive")
        done = newsflow(*filled(command, site, tmp_path), **env)
        assert done.returncode == 0, (command, done)
        assert done.stdout, command


def test_links_between_runbooks_lead_somewhere() -> None:
    for path in FOLDER.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
            assert (FOLDER / target).is_file(), (path.name, target)


def test_the_list_names_all_and_only_them() -> None:
    assert set(runbooks.listed(FOLDER)) == set(TITLES)
    written = (FOLDER / "README.md").read_text()
    assert all(f"({cause}.md)" in written for cause in TITLES)


def test_a_runbook_is_html_with_its_tables() -> None:
    html = str(runbooks.page(FOLDER, "silent"))
    assert "<h1>Publishers are silent</h1>" in html
    assert "<table>" in html


@pytest.mark.parametrize(
    "name", ["../decisions/0080-ops-pages-in-airflow", "README", "", "nothing", "silent.md", "%2e%2e"]
)
def test_nothing_else_is_shown(name: str) -> None:
    assert runbooks.page(FOLDER, name) is None


def test_html_in_a_runbook_stays_text(tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("# Own\n\n<script>1</script> [x](javascript:alert(1))\n")
    html = str(runbooks.page(tmp_path, "own"))
    assert "<script>" not in html
    assert 'href="javascript' not in html
