"""What the classes of `<body>` say of a page: content systems write there which of their templates made it. Pure.

Names as the systems document them: WordPress (`body_class`), WooCommerce, Shopify, Magento, Drupal, Squarespace, Ghost.
"""

from __future__ import annotations

import re

_LISTS = frozenset((
    "archive", "search-results", "post-type-archive", "tax-product_cat", "tax-product_tag", "woocommerce-shop",
    "template-collection", "template-list-collections", "template-search", "catalog-category-view",
    "catalogsearch-result-index", "path-taxonomy", "page-taxonomy", "page-taxonomy-term", "view-list",
    "tag-template", "author-template", "home-template",
))  # fmt: skip
_ONE = re.compile(r"single(?:-\S+)?|postid-\d+|(?:post|page)-template|singular|view-item")


def is_list(label: str) -> bool:
    """Was it made by the template of an archive, a category, a search or a shop's shelf?

    :param label: of `<body>`, as a block's path begins with: `body#id.class class`.
    """
    classes = label.casefold().partition(".")[2].split()
    return not _LISTS.isdisjoint(classes) and not any(map(_ONE.fullmatch, classes))
