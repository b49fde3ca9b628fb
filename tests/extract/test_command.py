"""`newsflow extract`, as a shell and as outside benchmarks call it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Done, newsflow
from tests.extract.pages import PARAGRAPHS, page
from tests.paths import ROOT


def process(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, as outside benchmarks call it."""
    return subprocess.run(
        [sys.executable, "-m", "newsflow.cli", *args],
        input=stdin,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "plugins"), "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
    )


def run(*args: str, stdin: bytes = b"", code: int = 0) -> list[dict[str, Any]]:
    """What the command prints, as objects."""
    return objects(newsflow(*args, stdin=stdin), code)


def objects(done: Done | subprocess.CompletedProcess[bytes], code: int = 0) -> list[dict[str, Any]]:
    assert done.returncode == code, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def fail(*args: str, stdin: bytes = b"") -> str:
    """What the command says as it gives up."""
    done = newsflow(*args, stdin=stdin)
    assert (done.returncode, done.stdout) == (1, b"")
    return done.stderr.decode()


def test_one_file(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page())
    (found,) = run("extract", str(file), "--url", "https://courier.example/2026/05/12/pier")
    assert found["url"] == "https://courier.example/2026/05/12/pier"
    assert found["title"] == "Westmere rebuilds its ferry pier"
    assert found["body"] == "\n".join(PARAGRAPHS)
    assert found["published_at"] == "2026-05-12T00:00:00+00:00"
    assert found["outcome"] == "ok"
    assert found["authors"] == []
    assert found["language"] == "en"


def test_standard_input() -> None:
    (found,) = objects(process("extract", "-", stdin=page()))
    assert found["outcome"] == "ok"


READ = {"path": "a.html", "url": "https://a.example/1"}
# What a line of a manifest may hold: the outcome that it ends with, and a word of the reason.
LINES: tuple[tuple[str, str, str], ...] = (
    (json.dumps(READ), "ok", ""),
    ("this is no JSON", "unreadable_row", "no JSON"),
    (json.dumps({"path": "b.html.gz", "url": "https://b.example/2"}), "ok", ""),
    ("[" * 100_000, "unreadable_row", "no JSON"),
    (json.dumps(["no", "object"]), "unreadable_row", "no JSON object"),
    ("{}", "unreadable_row", "names no file"),
    (json.dumps({"url": "https://c.example/3"}), "unreadable_row", "names no file"),
    (json.dumps({"path": "missing.html", "url": "https://c.example/3"}), "unreadable_row", "missing.html"),
    (json.dumps({"path": "folder", "url": "https://e.example/"}), "unreadable_row", "folder"),
    (json.dumps({"path": "a\0b"}), "unreadable_row", "null"),
    (json.dumps({"path": "\ud800"}), "unreadable_row", "surrogates"),
    (json.dumps({"path": "cut.gz", "url": "https://d.example/4"}), "unreadable_row", "cut or damaged"),
    (json.dumps({"path": "damaged.gz", "url": "https://d.example/4"}), "unreadable_row", "cut or damaged"),
    (json.dumps({"path": "huge.html", "url": "https://d.example/5"}), "too_big", "50 MB"),
    (json.dumps({"path": "bomb.gz", "url": "https://d.example/6"}), "too_big", "50 MB"),
    (json.dumps({"path": "empty.html", "url": "https://d.example/7"}), "not_text", "no mark-up"),
    (json.dumps({"url": "a.html"}), "ok", ""),
    (json.dumps({"path": "a.html", "url": "https://a.example/\ud800", "published_at": "soon"}), "ok", ""),
    (json.dumps({"path": "a.html", "content_type": 7, "feed_title": ["x"], "language": {}}), "ok", ""),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that `LINES` name."""
    made = tmp_path_factory.mktemp("pages")
    (made / "folder").mkdir()
    (made / "a.html").write_bytes(page())
    (made / "empty.html").touch()
    packed = gzip.compress(page(title="Another headline for the same text"))
    (made / "b.html.gz").write_bytes(packed)
    (made / "cut.gz").write_bytes(packed[:200])
    (made / "damaged.gz").write_bytes(packed[:60] + b"\xff" * 60 + packed[120:])
    with (made / "huge.html").open("wb") as file:
        file.truncate(50_000_001)
    (made / "bomb.gz").write_bytes(gzip.compress(bytes(60_000_000), 1))
    return made


def test_a_manifest_gives_a_line_for_each_line_in_order(folder: Path) -> None:
    manifest = folder / "manifest.jsonl"
    manifest.write_text("\n".join(line for line, *_ in LINES) + "\n\n")
    found = objects(process("extract", "--batch", str(manifest)))
    assert [f["outcome"] for f in found] == [outcome for _, outcome, _ in LINES]
    assert [f["url"] for f in found][:4] == ["https://a.example/1", "", "https://b.example/2", ""]
    assert [f["detail"] for f in found if f["outcome"] == "ok"] == [""] * 5
    for made, (_, _, why) in zip(found, LINES, strict=True):
        assert why in made["detail"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("missing.html", "No such file"),
        ("folder", "directory"),
        ("cut.gz", "cut or damaged"),
        ("damaged.gz", "cut or damaged"),
        ("huge.html", "larger than 50 MB"),
        ("http://127.0.0.1:1/", "bad_url"),
        ("http://169.254.169.254/latest", "ssrf_blocked"),
        ("http://[::1", "not a URL"),
        ("ftp://a.example/", "only http"),
    ],
)
def test_a_page_that_cannot_be_had_is_said_in_one_line(folder: Path, source: str, why: str) -> None:
    said = fail("extract", source if "://" in source else str(folder / source))
    assert len(said.splitlines()) == 1
    assert said.startswith("newsflow: ")
    assert why in said


def test_more_on_standard_input_than_a_page_may_hold() -> None:
    assert "standard input: larger than 50 MB" in fail("extract", "-", stdin=bytes(50_000_001))


def test_nothing_on_standard_input() -> None:
    (found,) = run("extract", "-")
    assert (found["outcome"], found["body"]) == ("not_text", "")


@pytest.mark.parametrize("args", [(), ("a.html", "--batch", "b")])
def test_a_wrong_command_line_is_said_in_one(args: tuple[str, ...]) -> None:
    run("extract", *args, code=2)


def test_pages_of_one_host_teach_each_other(tmp_path: Path) -> None:
    from tests.extract.texts import TEXTS

    site_line = "<p>The Courier is read on both shores of the sound.</p>"
    lines = []
    for n, code in enumerate(("en", "de", "fr")):
        body = "".join(f"<p>{p}</p>" for p in TEXTS[code].paragraphs) + site_line
        (tmp_path / f"{n}.html").write_bytes(page(body, title=TEXTS[code].title))
        lines.append(json.dumps({"path": f"{n}.html", "url": f"https://courier.example/{n}"}))
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join([*lines, lines[0]]))
    learned = run("extract", "--batch", str(manifest))
    plain = run("extract", "--batch", str(manifest), "--no-site-lines")
    assert all("both shores" not in made["body"] for made in learned)
    assert all("both shores" in made["body"] for made in plain)
    assert [m["body"] for m in learned] == [m["body"].rpartition("\n")[0] for m in plain]
    assert learned[0]["sources"]["site_lines"] == "batch"
    assert run("extract", "--batch", str(manifest)) == learned


def test_the_same_article_many_times_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page())
    lines = [json.dumps({"path": "a.html", "url": f"https://courier.example/{n}"}) for n in range(5)]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(lines))
    assert {made["body"] for made in run("extract", "--batch", str(manifest))} == {"\n".join(PARAGRAPHS)}
