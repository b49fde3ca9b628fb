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


def test_the_header_means_the_same() -> None:
    assert target(b"", PAGE, "0; url=/a/1") == STORY
    assert target(b"<p>One moment", PAGE, "0;/a/1") == STORY
    assert target(b"<p>One moment", PAGE, "900") is None


def test_addresses_of_any_length_take_no_time() -> None:
    assert address("0" * 100_000 + ";" * 100_000)
    assert address(" " * 100_000) == ""
