"""Lists of feeds that grow when they are read: told in one sentence, at a bounded cost."""

from __future__ import annotations

import pytest

from newsflow.subscriptions import list_file
from newsflow.subscriptions.list_file import read_isolated
from newsflow.subscriptions.lists import Listed, ListError


def aliases(levels: int, first: str, step: str) -> bytes:
    """A YAML file that names what it said before, nine times a level."""
    return "\n".join(
        [first, *(f"a{n}: {step.format(', '.join([f'*a{n - 1}'] * 9), n)}" for n in range(1, levels))]
    ).encode()


HOSTILE = {
    "yaml lists of lists": ("yaml", aliases(12, "a0: &a0 [x, x]", "&a{1} [{0}]") + b"\nfeeds: [*a11]"),
    "yaml merged maps": ("yaml", aliases(12, "a0: &a0 {x: y}", "&a{1} {{<<: [{0}]}}")),
    "yaml a number": ("yaml", b"- url: http://a.example/\n  title: " + b"9" * 5000),
    "yaml nested": ("yaml", b"[" * 100_000),
    "opml entities": (
        "opml",
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
        + b']><opml><body><outline xmlUrl="&m;"/></body></opml>',
    ),
    "opml nested": ("opml", b"<opml>" * 200_000),
    "csv columns": ("csv", b"url" + b"," * 10_000_000 + b"\n"),
    "too large": ("txt", b"#" * (list_file.MOST_BYTES + 1)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_list_that_grows_is_refused_in_a_sentence(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_file, "CHILD", list_file.Limits(cpu_s=2.0, memory_mb=256))
    try:
        found = read_isolated(HOSTILE[kind][1], HOSTILE[kind][0])
    except ListError as error:
        assert "\n" not in str(error)
    else:
        assert [len(feed.url) < 1000 for feed in found] == [True]


def test_a_sound_list_comes_back_from_the_child() -> None:
    assert read_isolated(b"http://a.example/feed A", "txt") == [Listed("http://a.example/feed", "A")]
    with pytest.raises(ListError, match="names no feed"):
        read_isolated(b"# nothing", "txt")
