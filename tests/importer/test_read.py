"""Files that people have, as they are: damaged, cut off, with lines as long as a disk."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsflow.importer import csv_records, json_array, read
from newsflow.importer.read import UnreadableError, records
from newsflow.isolation.limits import Limits
from tests.paths import ROOT


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
    monkeypatch.setattr(read, "LONGEST", 20)
    file = tmp_path / "a.jsonl"
    file.write_text('{"url": "1"}\n"' + "x" * (20 * length) + '"\n{"url": "2"}\n"' + "y" * 40)
    (first, long, second, last) = list(records(file))
    assert (first, second) == ((1, {"url": "1"}), (3, {"url": "2"}))
    assert (long[0], last[0]) == (2, 4)
    assert str(long[1]) == str(last[1]) == "the line has more than 20 bytes"


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_a_csv_record_without_end_is_told_in_words(tmp_path: Path, name: str) -> None:
    data = ('url,body\n1,"an open quote\n' + ("x" * 9_999 + "\n") * 1_100).encode()
    (tmp_path / name).write_bytes(gzip.compress(data, 1) if name.endswith(".gz") else data)
    with pytest.raises(UnreadableError, match=r"^a\.csv.*: the record at line \d+ has more than 10,000,000 characters"):
        list(records(tmp_path / name))


@pytest.mark.parametrize("long", ['2,"' + "a line\n" * 9 + '"', "2," + "x" * 90, '2,"' + 'a ""b""\n' * 9 + '"'])
@pytest.mark.parametrize("end", ["\n3,c\n", "\r\n3,c", "\r3,c\r"])
def test_a_csv_record_that_is_too_long_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: str, end: str
) -> None:
    monkeypatch.setattr(csv_records, "LONGEST", 40)
    (tmp_path / "a.csv").write_bytes(f"url,body\n1,a\n{long}{end}".encode())
    first, second, third = (found for _, found in records(tmp_path / "a.csv"))
    assert (first, third) == ({"url": "1", "body": "a"}, {"url": "3", "body": "c"})
    assert str(second) == "the record has more than 40 characters"


ROWS = [{"url": f"https://a.example/{n}", "body": f"Zürich – café {n}"} for n in range(3)]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)


def separated(mark: str, said: str = "") -> str:
    return said + f"url{mark}body\r\n" + "".join(f"{row['url']}{mark}{row['body']}\r\n" for row in ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", separated(",")),
        ("b.csv", separated(";")),
        ("c.csv", separated(";", "sep=;\r\n")),
        ("a.tsv", separated("\t")),
        ("a.jsonl", LINES),
        ("a.json", json.dumps(ROWS, ensure_ascii=False, indent=1)),
        ("b.json", json.dumps({"status": "ok", "articles": ROWS}, ensure_ascii=False, indent=1)),
        ("c.json", json.dumps({"total": 3, "items": ROWS}, ensure_ascii=False)),
    ],
)
def test_a_file_in_any_encoding_and_wrapping(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(text.encode(encoding))
    assert [record for _, record in records(tmp_path / name)] == ROWS
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(text.encode(encoding)))
    assert [record for _, record in records(packed)] == ROWS


def test_one_article_over_many_lines(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ROWS[0] | {"items": [{"name": "part"}]}, indent=2))
    assert [record["url"] for _, record in records(tmp_path / "a.json")] == [ROWS[0]["url"]]


def test_a_damaged_line_of_utf8_does_not_make_the_file_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES.encode() + b'{"url": "\xfc"}\n' + LINES.encode())
    reading = read.FileReading()
    found = [record for _, record in records(tmp_path / "a.jsonl", reading)]
    assert [*found[:3], *found[4:]] == [*ROWS, *ROWS]
    assert isinstance(found[3], ValueError)
    assert reading.encoding == "utf-8"


def table(file: Path, body: str, rows: int) -> Path:
    bodies = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([body]))
    pq.write_table(pa.table({"url": [f"https://a.example/{n}" for n in range(rows)], "body": bodies}), file)
    return file


def test_parquet_rows_come_in_their_order_from_the_child(tmp_path: Path) -> None:
    reading = read.FileReading()
    found = list(records(table(tmp_path / "a.parquet", "text", 2_500), reading))
    assert [(n, record["url"]) for n, record in found] == [(n + 1, f"https://a.example/{n}") for n in range(2_500)]
    assert reading.done == reading.size


def test_a_small_parquet_file_that_unpacks_without_end_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2 GB of text, which stands in the file once; and a row that is longer than a record may be."""
    monkeypatch.setattr(read, "PARQUET", Limits(cpu_s=60.0, memory_mb=512))
    file = table(tmp_path / "a.parquet", "x" * 2_000_000, 1_000)
    assert file.stat().st_size < 4_000_000
    with pytest.raises(UnreadableError, match=r"a\.parquet: behind row 0 it can't be unpacked within 512 MiB"):
        list(records(file))
    [(_, long)] = list(records(table(tmp_path / "b.parquet", "x" * 11_000_000, 1)))
    assert str(long) == "the row has more than 10,000,000 bytes"


MANY_CORES = """
import sys
import pyarrow
from newsflow.importer.parquet_child import rows
pyarrow.set_cpu_count(16)
found = rows(sys.argv[1], 0)
threads = next(line for line in open("/proc/self/status") if line.startswith("Threads:"))
print(len(found.rows), int(threads.split()[1]))
"""


def test_a_wide_parquet_file_takes_no_thread_a_core(tmp_path: Path) -> None:
    """Each takes address space, so that on a machine of many cores there was none left for the rows."""
    pq.write_table(pa.table({f"column {n}": ["text"] * 100 for n in range(64)}), tmp_path / "a.parquet")
    command = [sys.executable, "-c", MANY_CORES, str(tmp_path / "a.parquet")]
    env = {"PYTHONPATH": str(ROOT / "plugins")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    read, threads = map(int, done.stdout.split())
    assert read == 100
    assert threads < 8


def test_a_value_that_python_has_not_costs_its_row(tmp_path: Path) -> None:
    """A time in the year 292,277, and bytes that call themselves UTF-8."""
    broken = pa.Array.from_buffers(
        pa.utf8(), 2, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"ok\xff\xfe")]
    )
    times = pa.array([0, 2**63 - 1, 0], pa.timestamp("us"))
    pq.write_table(
        pa.table({"at": times, "body": pa.concat_arrays([broken, pa.array(["end"])])}), tmp_path / "a.parquet"
    )
    found = [record for _, record in records(tmp_path / "a.parquet")]
    assert found[0]["body"] == "ok"
    assert str(found[1]).startswith("a value of the row can't be read: ")
    assert found[2]["body"] == "end"


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_an_array_is_read_element_by_element(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(json_array, "CHUNK", size)
    rows = [{"url": f"https://a.example/{n}", "body": "Łódź [1], {2} \\" * n} for n in range(9)]
    (tmp_path / "a.json").write_text("\ufeff" + json.dumps(rows, indent=2, ensure_ascii=False), encoding="utf-8")
    assert list(records(tmp_path / "a.json")) == list(enumerate(rows, 1))
    (tmp_path / "b.json").write_text("[]")
    assert list(records(tmp_path / "b.json")) == []


@pytest.mark.parametrize("text", ['[{"url": 1}, {"url"', '[{"url": 1}', '[{"url": 1} nonsense'])
def test_a_broken_array_gives_what_it_has_and_is_told_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    found = records(tmp_path / "a.json")
    assert next(found) == (1, {"url": 1})
    with pytest.raises(UnreadableError, match=r"a\.json: the array "):
        next(found)


def test_an_element_that_is_too_long_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "CHUNK", 16)
    monkeypatch.setattr(json_array, "LONGEST", 40)
    (tmp_path / "a.json").write_text(json.dumps([{"url": 1}, {"body": "x" * 99}]))
    with pytest.raises(UnreadableError, match=r"a\.json: an element of the array has more than 40 characters"):
        list(records(tmp_path / "a.json"))
