"""The files that the package carries, as a checkout sees them; tests/package/ looks at the wheel and the image."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from newsflow import resources
from newsflow.settings import Settings
from tests.paths import ROOT


@pytest.mark.parametrize(("name", "source"), [("sql", "sql"), ("runbooks", "docs/runbooks"), ("dags", "dags")])
def test_the_package_links_to_the_folders_at_the_top(name: str, source: str) -> None:
    assert resources.folder(name).samefile(ROOT / source)


def test_the_package_knows_its_checkout_and_keeps_its_home_there() -> None:
    assert resources.checkout() == ROOT
    assert Settings.model_fields["home"].get_default(call_default_factory=True) == ROOT / ".newsflow"


def test_without_a_checkout_the_home_is_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "checkout", lambda: None)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Settings.model_fields["home"].get_default(call_default_factory=True) == tmp_path / "newsflow"


def test_a_missing_folder_and_an_empty_one_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "_package", lambda: tmp_path)
    (tmp_path / "sql/queries").mkdir(parents=True)
    with pytest.raises(resources.MissingResourceError, match=f"no {tmp_path / 'dags'}: install newsflow again"):
        resources.dags_folder()
    with pytest.raises(resources.MissingResourceError, match="queries is empty"):
        resources.listed("sql/queries", ".sql")


def test_no_other_module_looks_for_files_above_the_package() -> None:
    """`parents[n]` finds nothing in a wheel."""
    package = ROOT / "plugins" / "newsflow"
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "parents" and "__file__" in ast.unparse(node)
    }
    assert found == set()
