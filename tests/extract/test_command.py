"""`newsflow extract`, as a shell and as outside benchmarks call it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from newsflow.settings import ROOT
from tests.extract.pages import PARAGRAPHS, page


def run(*args: str, stdin: bytes = b"", code: int = 0) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "newsflow.cli", *args],
        input=stdin,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "plugins"), "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
    )
    assert done.returncode == code, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


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
    (found,) = run("extract", "-", stdin=page())
    assert found["outcome"] == "ok"


def test_a_manifest_gives_a_line_for_each_line_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page())
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(page(title="Another headline for the same text")))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(page())[:200])
    lines = [
        json.dumps({"path": "a.html", "url": "https://a.example/1"}),
        "this is no JSON",
        json.dumps({"path": "b.html.gz", "url": "https://b.example/2"}),
        json.dumps({"path": "missing.html", "url": "https://c.example/3"}),
        json.dumps({"path": "cut.gz", "url": "https://d.example/4"}),
        json.dumps(["no", "object"]),
        json.dumps({"url": "a.html"}),
        json.dumps({"path": str(tmp_path), "url": "https://e.example/"}),
    ]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(lines) + "\n\n")
    found = run("extract", "--batch", str(manifest))
    assert [f["outcome"] for f in found] == [
        "ok",
        "extract_crashed",
        "ok",
        "extract_crashed",
        "extract_crashed",
        "extract_crashed",
        "ok",
        "extract_crashed",
    ]
    assert [f["url"] for f in found][:3] == ["https://a.example/1", "", "https://b.example/2"]
    assert all(f["detail"] for f in found if f["outcome"] != "ok")


@pytest.mark.parametrize("args", [(), ("a.html", "--batch", "b")])
def test_a_wrong_command_line_is_said_in_one(args: tuple[str, ...]) -> None:
    run("extract", *args, code=2)


def test_a_missing_file_is_an_error() -> None:
    run("extract", "/nonexistent/page.html", code=1)


def test_pages_of_one_host_teach_each_other(tmp_path: Path) -> None:
    from tests.extract.texts import TEXTS

    furniture = "<p>The Courier is read on both shores of the sound.</p>"
    lines = []
    for n, code in enumerate(("en", "de", "fr")):
        body = "".join(f"<p>{p}</p>" for p in TEXTS[code].paragraphs) + furniture
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
