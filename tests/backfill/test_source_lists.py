"""Lists of files and pages: whole whatever their length, and never more in memory than a line."""

from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.backfill import source_lists
from newsflow.backfill.source_lists import MAX_LINE, lines


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")), max_size=20),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_every_line_that_names_something_comes_once(given_lines: list[str], end: str, packed: bool) -> None:
    data = end.join(given_lines).encode()
    found = list(lines(io.BytesIO(gzip.compress(data) if packed else data)))
    assert found == [line.strip() for line in given_lines if line.strip() and not line.strip().startswith("#")]


def test_a_long_list_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows' line ends, several gzip members, pieces that end within a line."""
    monkeypatch.setattr(source_lists, "_CHUNK", 1000)
    parts = [f"https://a.example/{n}\r\n".encode() for n in range(50_000)]
    packed = gzip.compress(b"".join(parts[:20_000])) + gzip.compress(b"".join(parts[20_000:]))
    assert list(lines(io.BytesIO(packed))) == [f"https://a.example/{n}" for n in range(50_000)]


def test_what_can_t_be_a_list_is_given_up_soon() -> None:
    """Fifty megabytes without a line end, packed in fifty kilobytes: a few pieces are unpacked."""
    bomb = io.BytesIO(gzip.compress(b"x" * 50_000_000))
    with pytest.raises(OSError, match=f"more than {MAX_LINE} bytes"):
        list(lines(bomb))


@pytest.mark.parametrize(("how", "said"), [("cut", "cut off"), ("flipped", "damaged")])
def test_a_list_that_breaks_off_is_no_shorter_list(how: str, said: str) -> None:
    packed = bytearray(gzip.compress(b"".join(b"https://a.example/%d\n" % n for n in range(5000))))
    data = packed[: len(packed) // 2]
    if how == "flipped":
        packed[-8] ^= 0xFF  # its checksum
        data = packed
    with pytest.raises(OSError, match=said):
        list(lines(io.BytesIO(bytes(data))))
