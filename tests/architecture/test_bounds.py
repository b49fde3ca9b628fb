"""Libraries whose insides we touch: bounded above and below, touched in few modules, and looked at in this release.

When a test here fails after an upgrade: read what changed in the names below, run the tests of the modules that
touch them, then write the new release here.
"""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.paths import ROOT

PACKAGE = ROOT / "plugins" / "newsflow"


@dataclass(frozen=True)
class Touched:
    """`names` are not part of the library's public interface, or are replaced by us; only `modules` may use them."""

    release: str
    modules: frozenset[str]
    names: tuple[str, ...]


TOUCHED = {
    "urllib3": Touched(
        "2.8.0",
        frozenset({"web/guarded_connection.py"}),
        (
            "urllib3.connection.HTTPConnection._new_conn",
            "urllib3.connection.HTTPSConnection._new_conn",
            "urllib3.connectionpool.HTTPConnectionPool.ConnectionCls",
        ),
    ),
    "fsspec": Touched("2026.9.0", frozenset({"store/filesystem.py"}), ("fsspec.core.url_to_fs",)),
    "trafilatura": Touched(
        "2.3.1",
        frozenset(f"extract/body/trafilatura/{name}.py" for name in ("door", "link_density", "sections", "xpaths")),
        (
            "trafilatura.external.JT_STOPLIST",
            "trafilatura.external.ParagraphMaker",
            "trafilatura.external.jt_stoplist_init",
            "trafilatura.htmlprocessing.MANUALLY_CLEANED",
            "trafilatura.htmlprocessing.convert_tags",
            "trafilatura.htmlprocessing.tree_cleaning",
            "trafilatura.htmlprocessing.is_paragraph_listing",
            "trafilatura.htmlprocessing.link_density_test_tables",
            "trafilatura.main_extractor.extract_content",
            "trafilatura.main_extractor.prune_unwanted_sections",
            "trafilatura.settings.Extractor",
            "trafilatura.utils.LINK_FARM_RATIO",
            "trafilatura.xml.delete_element",
            "trafilatura.xml.xmltotxt",
            "trafilatura.xpaths.BODY_XPATH",
            "trafilatura.xpaths.DISCARD_IMAGE_ELEMENTS",
            "trafilatura.xpaths.OVERALL_DISCARD_XPATH",
            "trafilatura.xpaths.RAW_TREE_PRUNE_XPATH",
            "trafilatura.xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH",
            "trafilatura.xpaths.TEASER_DISCARD_XPATH",
        ),
    ),
    "warcio": Touched(
        "1.8.1", frozenset({"store/warc.py"}), ("warcio.warcwriter.BufferWARCWriter._write_warc_record",)
    ),
}


@pytest.mark.parametrize("library", TOUCHED)
def test_the_release_that_was_looked_at_is_installed(library: str) -> None:
    assert version(library) == TOUCHED[library].release


@pytest.mark.parametrize("library", TOUCHED)
def test_it_is_bounded_above_and_below(library: str) -> None:
    (bounds,) = re.findall(rf'^  "{library}([^"]+)",', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert re.fullmatch(r"==\S+|>=[\w.]+,<[\w.]+", bounds), bounds


@pytest.mark.parametrize("name", [name for touched in TOUCHED.values() for name in touched.names])
def test_what_we_touch_is_there(name: str) -> None:
    place, _, attribute = name.rpartition(".")
    try:
        owner: object = importlib.import_module(place)
    except ModuleNotFoundError:  # a class
        module, _, cls = place.rpartition(".")
        owner = getattr(importlib.import_module(module), cls)
    assert hasattr(owner, attribute)


def private_uses(path: Path) -> set[str]:
    """Names with a leading underscore that a module imports from, or asks of, a library of the table."""
    found, libraries = set(), {*TOUCHED}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in libraries:
            found |= {f"{node.module}.{alias.name}" for alias in node.names if alias.name.startswith("_")}
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            whole = ast.unparse(node)
            found |= {whole} if whole.split(".")[0] in libraries else set()
    return found


def test_private_names_are_used_by_their_module_only() -> None:
    allowed = {module for touched in TOUCHED.values() for module in touched.modules}
    found = {str(path.relative_to(PACKAGE)): private_uses(path) for path in PACKAGE.rglob("*.py")}
    assert {module: names for module, names in found.items() if names and module not in allowed} == {}


def test_the_search_for_private_names_can_find(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("from warcio.utils import _inside\nwarcio.limits._set()\n")
    assert private_uses(module) == {"warcio.utils._inside", "warcio.limits._set"}


@pytest.mark.parametrize(
    ("library", "inside"),
    [("trafilatura", r"(?:from|import) trafilatura\b"), ("fsspec", r"fsspec\.core"), ("warcio", r"from warcio\b")],
)
def test_only_these_modules_reach_inside(library: str, inside: str) -> None:
    texts = {str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert {module for module, text in texts.items() if re.search(inside, text)} == TOUCHED[library].modules
