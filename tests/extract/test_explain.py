"""`newsflow explain`: every line with its reason, in text and as a page."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from newsflow.commands.explain import app
from newsflow.extract import explanation
from newsflow.extract.document import read
from tests.extract.pages import COMMENT_FORM, PARAGRAPHS, page

HTML = page("".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "<p>Read more: The ferry</p>" + COMMENT_FORM)
URL = "https://courier.example/2026/05/12/pier"


def test_the_text_names_outcome_sources_and_reasons() -> None:
    lines = list(explanation.text(read(HTML, URL)))
    assert lines[0] == "ok"
    assert any("title" in line and "[h1]" in line for line in lines)
    assert any("published_at" in line and "[url]" in line for line in lines)
    assert sum(line.startswith("  + kept") for line in lines) == len(PARAGRAPHS)
    assert any(line.startswith("  - cut: related") for line in lines)
    assert any(line.startswith(f"{len(PARAGRAPHS)} of ") and "1 related" in line for line in lines)


def test_the_page_escapes_what_the_document_says() -> None:
    html = page("".join(f"<p>{p} &lt;script&gt;alert(1)&lt;/script&gt;</p>" for p in PARAGRAPHS), title='"><script>x')
    shown = explanation.html(read(html, URL))
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert 'class="kept"' in shown
    beside = explanation.html(read(html, URL), html)
    assert "<script>" not in beside
    assert "<iframe sandbox" in beside
    assert "default-src" in beside


def test_the_command_writes_both(tmp_path: Path) -> None:
    file, out = tmp_path / "page.html", tmp_path / "report.html"
    file.write_bytes(HTML)
    shown = CliRunner().invoke(app, [str(file), "--url", URL])
    assert shown.exit_code == 0
    assert "cut: related" in shown.output
    assert CliRunner().invoke(app, [str(file), "--html", str(out)]).exit_code == 0
    assert out.read_text().startswith("<!doctype html>")
