"""What is pruned before trafilatura looks for the text is what its own expressions find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from newsflow.extract.body.trafilatura.pruning import unwanted
from newsflow.extract.page import tree

NAMES = (
    "mvp-post-add-box", "mvp-post-add-wrap x", "mvp-post-add", "infinite-scroll", "my-infinitescroll", "infinite",
    "elementor-share-buttons", "comments", "Comments", "comment-list", "commentary", "comols", "a comol", "comment",
    "disqus_thread", "the disqus_thread", "dsq-comments", "article-comments", "post-comments x", "story comment", "",
)  # fmt: skip
TAGS = ("div", "section", "aside", "details", "list", "ol", "ul", "p", "article", "span")

boxes = st.recursive(
    st.sampled_from(("<h1>A headline</h1>", "<p>A paragraph.</p>", "words")),
    lambda inner: st.builds(
        lambda tag, own, name, parts: f'<{tag} id="{own}" class="{name}">{"".join(parts)}</{tag}>',
        st.sampled_from(TAGS), st.sampled_from(NAMES), st.sampled_from(NAMES), st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)  # fmt: skip


def by_xpath(root: HtmlElement) -> list[HtmlElement]:
    """What trafilatura's expressions find, in document order."""
    found = {e for expression in (*RAW_TREE_PRUNE_XPATH, *REMOVE_COMMENTS_AND_LISTS_XPATH) for e in expression(root)}
    return [element for element in root.iter() if element in found]


@given(boxes)
def test_it_finds_what_the_expressions_find(html: str) -> None:
    root = tree.parse(f"<html><body><div>{html}</div></body></html>")
    assert root is not None
    assert unwanted(root) == by_xpath(root)
