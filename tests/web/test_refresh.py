"""Pages that are nothing but a refresh, in the forms that sites write, and pages that are more."""

from __future__ import annotations

import pytest

from newsflow.web.refresh import address, target

PAGE = "https://example.org/go/1"
STORY = "https://example.org/a/1"


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><meta http-equiv='refresh' content='0; url=/a/1'></head><body>Please wait</body></html>",
        '<META HTTP-EQUIV=REFRESH CONTENT="0;URL=/a/1">',
        '<meta content="3;url=\'/a/1\'" http-equiv="Refresh">',
        "<meta http-equiv=refresh content='0,/a/1'>",
        "<meta http-equiv=refresh content='0;/a/1'>",
        "<meta http-equiv=refresh content='0 url=/a/1'>",
        "<meta http-equiv=refresh content='; url=/a/1'>",
        "<meta http-equiv=refresh content='0.5; url=https://example.org/a/1#top'>",
        "<base href='/a/'><meta http-equiv=refresh content='0; url=1'>",
        "<noscript><meta http-equiv=refresh content='0; url=/a/1'></noscript><script>location = '/a/1'</script>",
        "<title>Umleitung</title><meta http-equiv=refresh content='1; url=/a/1'><style>p{}</style><p>Sie werden "
        "weitergeleitet. <a href='/a/1'>Hier</a> geht es weiter.</p>",
        "<meta http-equiv=refresh content='0; url=/a/1'><p>ページに移動します。",
    ],
)
def test_a_page_that_only_sends_its_readers_on(body: str) -> None:
    assert target(body.encode(), PAGE) == STORY


@pytest.mark.parametrize(
    "body",
    [
        "<meta http-equiv=refresh content='300'><p>Live",
        "<meta http-equiv=refresh content='300; url=/a/1'><p>Live",
        "<meta http-equiv=refresh content='0; url=javascript:x()'>",
        "<meta http-equiv=refresh content='0; url=ftp://example.org/a/1'>",
        "<meta name=refresh content='0; url=/a/1'>",
        "<meta http-equiv=refresh content='0; url=/a/1'><p>" + "The council met in the evening. " * 20,
        "<p>How to refresh a page",
        "",
        "\x00refresh",
        "<meta http-equiv=refresh content='0; url=/a/1'>" + "<!-- -->" * 10_000,
    ],
)
def test_a_page_that_is_more_or_leads_nowhere(body: str) -> None:
    assert target(body.encode(), PAGE) is None


ACCENTED = "<meta http-equiv=refresh content='0; url=/artículo/één-dag?título=año'><p>Un momento, señor"
AS_SENT = "https://example.org/art%C3%ADculo/%C3%A9%C3%A9n-dag?t%C3%ADtulo=a%C3%B1o"


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "", ""),
        ("utf-8", "", "text/html"),
        ("utf-8", "<meta charset=iso-8859-1>", "text/html; charset=iso-8859-1"),
        ("utf-8", "<?xml version='1.0' encoding='utf-8'?>", ""),
        ("utf-8-sig", "", ""),
        ("utf-16", "", ""),
        ("utf-16-le", "", "text/html; charset=utf-16le"),
        ("utf-16-be", "", "text/html; charset=UTF-16BE"),
        ("cp1252", "", ""),
        ("cp1252", "<meta charset=utf-8>", "text/html; charset=utf-8"),
        ("iso-8859-15", "<meta http-equiv=content-type content='text/html; charset=iso-8859-15'>", ""),
        ("mac-roman", "", "text/html; charset=macintosh"),
    ],
)
def test_addresses_in_any_encoding(encoding: str, declared: str, content_type: str) -> None:
    body = (declared + ACCENTED).encode(encoding)
    assert target(body, PAGE, content_type=content_type) == AS_SENT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "shift_jis", "gb18030", "koi8-u", "windows-1251"])
def test_what_readers_see_is_counted_in_letters(encoding: str) -> None:
    """A page of as many bytes as allowed letters, or of more."""
    seen = "Переадресация" * 30 if encoding != "shift_jis" else "転送しています" * 55
    head = "<meta http-equiv=refresh content='0; url=/a/1'><p>"
    sent = {"content_type": f"text/html; charset={encoding}"}
    assert target((head + seen).encode(encoding), PAGE, **sent) == STORY
    assert target((head + seen * 2).encode(encoding), PAGE, **sent) is None


@pytest.mark.parametrize(
    "written",
    [
        "/s?id=1&amp;lang=en",
        "/s?id=1&amp;amp;lang=en",
        "/s?id=1&amp;amp;amp;lang=en",
        "/s?id=1&lang=en",
        "/s?id=1&#38;lang=en",
        "/s?id=1&#x26;lang=en",
        "/s?id=1&amp;#38;lang=en",
        "/s?id=1&amp;#x26;lang=en",
        "/s?id=1&AMP;lang=en",
        "&#47;s?id=1&amp;amp;lang=en",
    ],
)
def test_addresses_that_were_escaped_too_often(written: str) -> None:
    body = f"<meta http-equiv=refresh content='0; url={written}'>"
    assert target(body.encode(), PAGE) == "https://example.org/s?id=1&lang=en"
    assert target(b"", PAGE, "0; url=/s?id=1&amp;lang=en") == "https://example.org/s?id=1&lang=en"


def test_the_header_means_the_same() -> None:
    assert target(b"", PAGE, "0; url=/a/1") == STORY
    assert target(b"<p>One moment", PAGE, "0;/a/1") == STORY
    assert target(b"<p>One moment", PAGE, "900") is None


def test_addresses_of_any_length_take_no_time() -> None:
    assert address("0" * 100_000 + ";" * 100_000)
    assert address(" " * 100_000) == ""
