"""Names without the words around them, in every language that the lists know."""

from __future__ import annotations

import pytest

from newsflow.extract.fields.names import people
from newsflow.extract.fields.one_name import plausible, tidy
from newsflow.languages.lists import by_language

NAME = "Mara Quist"
SITES = {"westmerecourier"}


def words(name: str) -> list[tuple[str, str]]:
    return [
        (code, word) for code, lists in by_language().items() for word in lists.get(name, ()) if not word.endswith("*")
    ]


def named(*lines: str) -> tuple[str, ...]:
    return people(lines, SITES)[0]


def test_labels_in_front_of_a_name_are_cut() -> None:
    left = {(code, word): got for code, word in words("by") if (got := named(f"{word} {NAME}")) != (NAME,)}
    assert left == {}


def test_a_name_that_is_said_twice_is_one() -> None:
    assert tidy(f"MQ {NAME}") == tidy(f"{NAME} {NAME}") == NAME
    assert tidy("Jose Jose") == "Jose Jose"


def test_labels_behind_a_name_are_cut() -> None:
    long = [(code, word) for code, word in words("labels") if len(word) > 4]
    left = {(code, word): got for code, word in long if (got := named(f"{NAME} {word}")) != (NAME,)}
    assert left == {}


@pytest.mark.parametrize("kind", ["labels", "roles", "staff"])
def test_labels_roles_and_desks_alone_are_nobody(kind: str) -> None:
    left = {(code, word): got for code, word in words(kind) if (got := named(word.title())) or (got := named(word))}
    assert left == {}


def test_roles_behind_a_comma_or_a_blank_are_cut() -> None:
    forms = ("{0}, {1}", "{0} {1}", "{0} | {1}")
    left = {
        (code, role, form): got
        for code, role in words("roles")
        for form in forms
        if (got := named(form.format(NAME, role))) != (NAME,)
    }
    assert left == {}


def test_roles_in_front_are_cut() -> None:
    left = {(code, role): got for code, role in words("roles") if (got := named(f"{role} {NAME}")) != (NAME,)}
    assert left == {}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Quist, Mara; Ek, Bo", ("Mara Quist", "Bo Ek")),
        ("Quist, Mara", ("Mara Quist",)),
        ("Quist, Mara T.", ("Mara T. Quist",)),
        ("Østergård-Holm, Åse", ("Åse Østergård-Holm",)),
        ("velmara.example, Velmara, Islands", ()),
        ("Westmere, Reuters", ()),
        ("Mara Quist, Westmere", ("Mara Quist",)),
        ("Mara Quist, Bo Ek and Ane Holt", ("Mara Quist", "Bo Ek", "Ane Holt")),
        ("Mara Quist, Politics Editor, The Harbour Post", ("Mara Quist",)),
        ("Mara Quist. Oster", ("Mara Quist",)),
        ("Mara St. John", ("Mara St. John",)),
        ("Lauren del Valle", ("Lauren del Valle",)),
        ("Per Sandvik", ("Per Sandvik",)),
        ("Von Miller", ("Von Miller",)),
        ("Oleh Kovalenko", ("Oleh Kovalenko",)),
        ("Von Mara Quist", ("Mara Quist",)),
        ("Karl von Habsburg", ("Karl von Habsburg",)),
        ("Jan von Hohenberg Meier", ("Jan von Hohenberg Meier",)),
        ("Mara Quist Illustration by Bo Ek", ("Mara Quist",)),
        ("Westmere Courier, Harbour Street 5, Velmara", ()),
        ("[홍가람 기자]", ("홍가람",)),
        ("홍가람·김민수 기자", ("홍가람", "김민수")),
        ("（记者 王小明）", ("王小明",)),
        ("松村太郎（ライター）", ("松村太郎",)),
        ("by松村太郎", ("松村太郎",)),
        ("Byron King", ("Byron King",)),
        ("BYRON KING", ("BYRON KING",)),
        ("news_editor", ()),
        ("Super User", ()),
        ("Foto: Bo Ek", ()),
        ("Mara Quist Foto: Bo Ek", ("Mara Quist",)),
        ("Mara Quist hace 2 horas", ("Mara Quist",)),
        ("Text: Mara Quist / Foto: Bo Ek", ("Mara Quist",)),
        ("This post was written by Mara Quist, Head of Ferries", ("Mara Quist",)),
        ("Mara Quist, PhD, Bo Ek, MD", ("Mara Quist", "Bo Ek")),
        ("Mara Quist Senior Ferries Reporter", ("Mara Quist",)),
        ("Mara Quist (@maraquist)", ("Mara Quist",)),
        ("Mara Quist - https://courier.example/", ("Mara Quist",)),
        ("Mara Quist | mara@courier.example", ("Mara Quist",)),
        ("Mara Quist Political Editor", ("Mara Quist",)),
        ("Mara Quist home affairs correspondent", ("Mara Quist",)),
        ("Science Editor Mara Quist", ("Mara Quist",)),
        ("Mara Quist ❤️", ("Mara Quist",)),
        ("🐝 Mara Quist", ("Mara Quist",)),
        ("Reporting by Mara Quist; Editing by Bo Ek", ("Mara Quist",)),
        ("Monday May 4, 2026 10:05 am PDT by Mara Quist", ("Mara Quist",)),
        ("2026-05-04 18:30 来源：海港日报 作者：王小明", ("王小明",)),
        ("Edith Head", ("Edith Head",)),
        ("City Editor", ()),
        ("u123", ()),
        ("admin", ()),
        ("Watermark Feed", ()),
        ("News Desk", ()),
        ("Great Day Editorial Team", ()),
        ("홍가람 기자", ("홍가람",)),
        ("홍가람 선임기자", ("홍가람",)),
        ("王小明 记者", ("王小明",)),
        ("本报记者 王小明", ("王小明",)),
        ("Westmere Courier", ()),
        ("The Westmere Courier", ()),
    ],
)
def test_lines(line: str, names: tuple[str, ...]) -> None:
    assert named(line) == names


@pytest.mark.parametrize(
    ("line", "names", "agencies"),
    [
        ("Mara Quist (dpa)", ("Mara Quist",), ("dpa",)),
        ("Mara Quist - AFP", ("Mara Quist",), ("AFP",)),
        ("Mara Quist avec AFP", ("Mara Quist",), ("AFP",)),
        ("Mara Quist mit dpa", ("Mara Quist",), ("dpa",)),
        ("REUTERS/Mara Quist", ("Mara Quist",), ("Reuters",)),
        ("Press Trust of India", (), ("PTI",)),
        ("Agence France-Presse (AFP)", (), ("AFP",)),
        ("Автор: Мара Квист, корреспондент ТАСС", ("Мара Квист",), ("ТАСС",)),
    ],
)
def test_agencies_stand_apart(line: str, names: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    assert people([line], SITES) == (names, agencies)


def test_one_person_in_two_orders_is_one() -> None:
    assert named("Mara Quist", "Quist, Mara", "QUIST MARA") == ("Mara Quist",)


def test_a_person_may_bear_the_name_of_the_own_site() -> None:
    assert people(["Mara Quist"], {"maraquist"})[0] == ("Mara Quist",)
    assert people(["Bo Ek", "Mara Quist"], {"maraquist"})[0] == ("Bo Ek",)
    assert people(["Velmara Post"], {"velmarapost"})[0] == ()


def test_first_names_and_aliases_stand_where_they_stand_alone() -> None:
    assert named("Andrea") == ("Andrea",)
    assert not plausible("Andrea")
    assert named("Maria & Katerina") == ("Maria", "Katerina")
    assert tidy("erstellt von Dominique") == "Dominique"
