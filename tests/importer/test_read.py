"""Files that people have, as they are: damaged, cut off, with lines as long as a disk."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from newsflow.importer import read
from newsflow.importer.read import UnreadableError, records


def packed(rows: int = 20_000) -> bytearray:
    lines = (json.dumps({"url": f"https://a.example/{n}", "body": f"text {n * 7919}"}) + "\n" for n in range(rows))
    return bytearray(gzip.compress("".join(lines).encode()))


@pytest.mark.parametrize("where", [1_000, -8])
def test_a_damaged_gzip_file_is_told_in_words(tmp_path: Path, where: int) -> None:
    """In the middle of its data, and in its checksum."""
    file, data = tmp_path / "a.jsonl.gz", packed()
    data[where] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(UnreadableError, match=r"^a\.jsonl\.gz: "):
        list(records(file))


def test_a_gzip_file_that_is_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    file, data = tmp_path / "a.jsonl.gz", packed()
    file.write_bytes(data[: len(data) // 2])
    found = []
    with pytest.raises(UnreadableError, match="ended before"):
        for _, record in records(file):
            found.append(record["url"])
    assert found == [f"https://a.example/{n}" for n in range(len(found))]
    assert len(found) > 1_000


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_line_that_is_too_long_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    """However its end lies to the pieces in which it is read."""
    monkeypatch.setattr(read, "_LONGEST_LINE", 20)
    file = tmp_path / "a.jsonl"
    file.write_text('{"url": "1"}\n"' + "x" * (20 * length) + '"\n{"url": "2"}\n"' + "y" * 40)
    (first, long, second, last) = list(records(file))
    assert (first, second) == ((1, {"url": "1"}), (3, {"url": "2"}))
    assert (long[0], last[0]) == (2, 4)
    assert str(long[1]) == str(last[1]) == "the line has more than 20 bytes"
