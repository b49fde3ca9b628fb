"""Encodings: the labels of browsers and no others, and what the bytes disprove."""

from __future__ import annotations

import pytest

from newsflow.web.charset import codec, decode, encoding_of

TEXT = "Ärger über Öl – 1 €"


@pytest.mark.parametrize(
    "label",
    ["utf-7", "hex", "idna", "punycode", "rot13", "base64", "zlib", "unicode_escape", "raw_unicode_escape", "mbcs",
     "utf-32", "undefined", "", "\x00"]
)  # fmt: skip
def test_codecs_that_no_browser_knows(label: str) -> None:
    assert codec(label) is None
    assert decode(b"+ADw-script+AD4-", f"text/html; charset={label}") == "+ADw-script+AD4-"


@pytest.mark.parametrize(
    ("label", "name"),
    [("UTF8", "utf-8"), ("latin1", "cp1252"), ("ascii", "cp1252"), ("gb2312", "gb18030"), ("x-sjis", "cp932"),
     ("ks_c_5601-1987", "cp949"), ("windows-1251", "cp1251"), ("koi8-u", "koi8-u"), (" utf-8 ", "utf-8")]
)  # fmt: skip
def test_labels(label: str, name: str) -> None:
    assert codec(label) == name


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (TEXT.encode(), "text/html; charset=utf-8"),
        (TEXT.encode(), "text/html"),
        (TEXT.encode(), "text/html; charset=iso-8859-1"),  # a lie: it is valid UTF-8
        (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (TEXT.encode("cp1252"), "text/html; charset=utf-8"),  # a lie: it is not
        (TEXT.encode("cp1252"), "text/html"),
        (TEXT.encode("utf-8-sig"), "text/html; charset=windows-1251"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), ""),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ""),
    ],
)
def test_text_comes_out_right(data: bytes, content_type: str) -> None:
    assert decode(data, content_type) == TEXT


def test_declarations_inside() -> None:
    russian = "Привет"
    head = b'<html><meta charset="windows-1251">'
    assert decode(head + russian.encode("cp1251")).endswith(russian)
    head = b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">'
    assert decode(head + russian.encode("koi8-r")).endswith(russian)
    assert decode(b'<?xml version="1.0" encoding="windows-1251"?>' + russian.encode("cp1251")).endswith(russian)
    assert encoding_of(b'<meta charset="utf-16">' + b"x") == "utf-8"
    assert decode("日本".encode("iso2022_jp"), "text/html; charset=iso-2022-jp") == "日本"


def test_nothing_raises() -> None:
    for data in (b"", b"\xff", b"\xff\xfe", bytes(range(256)), "é".encode()[:1]):
        for label in ("utf-8", "utf-16", "gbk", "iso-2022-jp", "nonsense"):
            assert isinstance(decode(data, f"text/html; charset={label}"), str)
