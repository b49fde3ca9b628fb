"""OPML as other programs write it."""

from __future__ import annotations

import pytest

from newsflow.subscriptions.lists import ListError, decoded, read

OUTLINE = '<outline text="A" xmlUrl="https://a.example/rss?x=1&amp;y=2"/>'
TYPED = OUTLINE.replace("xmlUrl", 'type="rss" url')
FORMS = {
    "plain": f'<opml version="2.0"><body>{OUTLINE}</body></opml>',
    "a default namespace": f'<opml version="2.0" xmlns="http://opml.org/spec2"><body>{OUTLINE}</body></opml>',
    "a prefix": f'<o:opml xmlns:o="urn:x"><o:body>{OUTLINE.replace("<outline", "<o:outline")}</o:body></o:opml>',
    "an undeclared prefix": f"<o:opml><body>{OUTLINE.replace('<outline', '<o:outline')}</body></o:opml>",
    "attributes in a namespace": f'<opml xmlns:f="urn:f"><body>{OUTLINE.replace("xmlUrl", "f:xmlUrl")}</body></opml>',
    "capitals": f"<OPML><BODY>{OUTLINE.replace('outline', 'OUTLINE').replace('xmlUrl', 'XMLURL')}</BODY></OPML>",
    "no body": f"<opml>{OUTLINE}</opml>",
    "nested": f'<opml><body><outline text="F"><outline text="G">{OUTLINE}</outline></outline></body></opml>',
    "a bare ampersand": f"<opml><body>{OUTLINE.replace('&amp;', '&')}</body></opml>",
    "an entity of HTML": f"<opml><body>{OUTLINE.replace('A', 'A&nbsp;B', 1)}</body></opml>",
    "never closed": f"<opml><body>{OUTLINE}",
    "url in place of xmlUrl": f"<opml><body>{TYPED}</body></opml>",
    "a declaration": f'<?xml version="1.0" encoding="utf-8"?>\n<opml><body>{OUTLINE}</body></opml>',
    "words before it": f"Saved by a browser\n<!-- x --><opml><body>{OUTLINE}</body></opml>",
    "within a page": f"<html><body><pre><opml><body>{OUTLINE}</body></opml></pre></body></html>",
    "a document type": f'<!DOCTYPE opml SYSTEM "http://x.example/y.dtd"><opml><body>{OUTLINE}</body></opml>',
    "attributes without quotes": f"<opml><body>{OUTLINE.replace(chr(34), '')}</body></opml>",
    "blanks before it": f'\n\n<?xml version="1.0"?><opml><body>{OUTLINE}</body></opml>',
}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_the_feed_of_a_list_is_read(text: str, codec: str) -> None:
    if codec in ("utf-16-le", "utf-16-be"):
        text = text.lstrip()  # without a mark only the first character tells
    assert [feed.url for feed in read(decoded(text.encode(codec)), "opml")] == ["https://a.example/rss?x=1&y=2"]


@pytest.mark.parametrize("codec", ["ISO-8859-1", "windows-1251", "Shift_JIS"])
def test_a_declared_encoding_is_read(codec: str) -> None:
    title = {"ISO-8859-1": "Été", "windows-1251": "Новости", "Shift_JIS": "日本"}[codec]
    text = f'<?xml version="1.0" encoding="{codec}"?><opml>{OUTLINE.replace("A", title, 1)}</opml>'
    assert read(decoded(text.encode(codec)), "opml")[0].title == title


@pytest.mark.parametrize("text", ["<html><body><outline xmlUrl='https://a.example/'/></body></html>", "", "no xml"])
def test_what_is_no_opml_is_refused(text: str) -> None:
    with pytest.raises(ListError):
        read(text, "opml")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("feed url,title\nhttps://a.example/rss,A\n", "csv"),
        ("rss;name\nhttps://a.example/rss;A\n", "csv"),
        ("A,https://a.example/rss\n", "csv"),
        ('"url" , "title"\n"https://a.example/rss","A"\n', "csv"),
        ("- https://a.example/rss\n", "txt"),
        ("\ufeff<https://a.example/rss>\n", "txt"),
    ],
)
def test_tables_and_lines_as_people_keep_them(text: str, kind: str) -> None:
    assert [feed.url for feed in read(text, kind)] == ["https://a.example/rss"]
