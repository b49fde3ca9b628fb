"""Query parameters that say how a reader came, not what the page is.

From the public lists of ClearURLs, Firefox' query stripping and AdGuard's URL tracking
filter, kept to names that never identify an article on a news site.
"""

from __future__ import annotations

import re

_PREFIXES = (
    "utm_",
    "asc_",
    "at_",
    "fb_",
    "ga_",
    "hmb_",
    "itm_",
    "mtm_",
    "ns_",
    "pk_",
    "piwik_",
    "matomo_",
    "stm_",
    "trk_",
    "wt_",
    "_hs",
    "__hs",
    "hsa_",
    "vero_",
    "oly_",
    "guce_",
)
_LIST = """
    __source __twitter_impression _branch_match_id _branch_referrer _bhlid _ga _gl _kx _openstat action_object_map
    action_ref_map action_type_map adobe_mc awc cmp cmpid dclid dm_i echobox ecid ef_id epik fbclid ftag
    gbraid gclid gclsrc gad_source guccounter hsctatracking icid igsh igshid intcid intcmp irclickid ito
    li_fat_id mbid mc_cid mc_eid mkt_tok mkevt msclkid ncid ocid phpsessid rb_clickid ref_src ref_url rdt_cid
    s_cid s_kwcid smid smtyp soc_src soc_trk spm sr_share srsltid sscid taid tblci
    traffic_source ttclid twclid
    vgo_ee wbraid wickedid wprss wtmc wtrid xtor yclid ysclid
"""
_NAMES = frozenset(_LIST.split())
_VALUES = {  # parameters that track only with such values
    "from": re.compile(r"rss|feed|twitter|facebook|newsletter", re.IGNORECASE),
    "mod": re.compile(r"rss", re.IGNORECASE),
    "partner": re.compile(r"rss|feed", re.IGNORECASE),
    "ref": re.compile(r"rss|feed|twitter|facebook|homepage|hp$|fb$", re.IGNORECASE),
    "source": re.compile(r"rss|feed|twitter|facebook|newsletter", re.IGNORECASE),
    "src": re.compile(r"rss|feed|twitter|facebook|newsletter", re.IGNORECASE),
}


def tracks(name: str, value: str) -> bool:
    """True for a parameter that only tells how the reader came."""
    name = name.lower()
    if name in _NAMES or name.startswith(_PREFIXES):
        return True
    pattern = _VALUES.get(name)
    return bool(pattern and pattern.match(value))
