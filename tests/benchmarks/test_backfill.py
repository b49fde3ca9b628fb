"""The benchmark of a whole backfill works: a small one, beside trafilatura, to the last article."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest

from tests.backfill.foreign import pages

overall = import_module("benchmarks.backfill.overall")  # the package shows its function under this name


def test_a_small_backfill_is_measured_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(overall, "mixed", pages)
    monkeypatch.setattr(overall, "FIGURE", tmp_path / "memory.svg")
    monkeypatch.setattr(overall, "EVERY_S", 0.1)
    with TemporaryDirectory(prefix="nf-bench-") as open_to_others:  # PostgreSQL is another user where we are root
        Path(open_to_others).chmod(0o755)
        overall.overall(Path(open_to_others) / "all", 60)
    said = capsys.readouterr().out
    assert "A whole backfill of 60 records: 60 articles" in said
    assert said.count("by the clock on") == 3
    drawn = "".join(ElementTree.fromstring((tmp_path / "memory.svg").read_text()).itertext())
    assert "extract" in drawn
    assert "seconds of work" in drawn
