"""Query parameters that say how a reader came, not what the page is.

From the public lists of ClearURLs, Firefox' query stripping and AdGuard's URL tracking
filter, kept to names that never identify an article on a news site. The database has them in `ingest.tracking`,
which each migration brings in step with this file.
"""

from __future__ import annotations

import re

# Families whose every name tracks; others are named one by one, as `pk_id` or `ns_id` may well be a page's key.
PREFIXES = ("utm_", "mtm_", "dpg_", "cm_mmc", "hsa_", "__hs", "guce_", "adjust_", "bsft_", "_sgm_")
_LIST = """
    _zucks_suid admitad_uid aiad_clid amp_gsa amp_js_v asgtbndr ceneo_spo ebisadid external_click_id famad_xuid
    gps_adid gs_l maca os_ehash otm_campaign otm_medium otm_source tracking_source uclickhash unicorn_click_id
    user_email_address vc_lpp
    __io_lv __readwiselocation __source __twitter_impression _branch_match_id _branch_referrer _bhlid _clde _cldee
    _ga _gl _hsenc _hsmi _io_session_id _kx _openstat
    action_object_map action_ref_map action_type_map adfrom adobe_mc asc_campaign asc_refurl asc_source
    at_bbc_team at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4 at_format at_link_id
    at_link_origin at_link_type at_medium at_ptr_name at_ptr_type at_recipient_id at_recipient_list at_send_date
    at_variant awc campaign_content campaign_id campaign_medium campaign_name campaign_source campaign_term
    cm_cr cm_ite cm_lm cm_me
    cmp cmpid cx_click cx_recsorder cx_recswidget dclid dicbo dm_i echobox ecid ef_id epik erid
    fb_action_ids fb_action_types fb_comment_id fb_ref fb_source fbclid ftag
    ga_campaign ga_content ga_medium ga_place ga_source ga_term gad_source gbraid gclid gclsrc guccounter
    hmb_campaign hmb_medium hmb_source hsctatracking icid igsh igshid intcid intcmp ir_adid ir_campaignid ir_partnerid
    irclickid irgwc ito itm_campaign itm_content itm_medium itm_source itm_term li_fat_id
    matomo_campaign matomo_keyword mbid mc_cid mc_eid mc_tc mindbox-click-id mindbox-message-key
    mkevt mkt_tok ml_subscriber ml_subscriber_hash msclkid ncid ns_campaign ns_fee ns_linkname ns_mchannel ns_source
    nx_source ocid oly_anon_id oly_enc_id oprtrack
    phpsessid piwik_campaign piwik_keyword piwik_kwd pk_campaign pk_content pk_cpn pk_keyword pk_kwd pk_medium pk_source
    pk_vid rb_clickid rdt_cid ref_src ref_url rtkcid
    s_cid s_kwcid sc_cid smid smtyp soc_src soc_trk spm sr_share srsltid sscid stm_campaign stm_medium stm_source taid
    tblci tduid traffic_source trk_campaign trk_contact trk_medium trk_module trk_msg trk_sid trk_source
    ttclid twclid usqp vero_conv vero_id vgo_ee wbraid wickedid wprss
    wt.mc_ev wt.mc_id wt.nav wt.srch wt.tsrc wt_cc1 wt_cc2 wt_ga wt_kw wt_mc wt_mcid wt_mc_id wt_zmc wtmc wtrid
    xtor yclid ysclid
"""
NAMES = frozenset(_LIST.split())
# A channel's name, whole or before a sign: "rss", "twitter.com", "newsletter-daily"; "feed123" may be a page.
_CHANNEL = r"(?:rss2?|rss-?feeds?|feeds?|atom|twitter|facebook|newsletter|social|push|email)(?:$|[._/:|-](?!\d+$))"
# Newsletter systems name the site that they link from.
_HOST = r"(?:[a-z0-9-]+\.)+(?!(?:html?|php|aspx?|jsp|cgi|pdf|xml|json)$)[a-z]{2,24}$"
VALUES = {  # parameters that track only with such values
    "emc": re.compile(_CHANNEL, re.IGNORECASE),
    "fr": re.compile(_CHANNEL, re.IGNORECASE),
    "from": re.compile(_CHANNEL, re.IGNORECASE),
    "mod": re.compile(r"rss(?:$|[_-])", re.IGNORECASE),
    "partner": re.compile(_CHANNEL, re.IGNORECASE),
    "ref": re.compile(_CHANNEL + r"|homepage$|hp$|fb$|" + _HOST, re.IGNORECASE),
    "referer": re.compile(_CHANNEL, re.IGNORECASE),
    "referrer": re.compile(_CHANNEL, re.IGNORECASE),
    "source": re.compile(_CHANNEL, re.IGNORECASE),
    "sref": re.compile(_CHANNEL, re.IGNORECASE),
    "src": re.compile(_CHANNEL, re.IGNORECASE),
    "via": re.compile(_CHANNEL, re.IGNORECASE),
}


def tracks(name: str, value: str) -> bool:
    """True for a parameter that only tells how the reader came."""
    name = name.lower().removeprefix("amp;")  # an ampersand that was escaped twice
    if name in NAMES or name.startswith(PREFIXES):
        return True
    pattern = VALUES.get(name)
    return bool(pattern and pattern.match(value))
