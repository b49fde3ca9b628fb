"""What comes in: rows that the database refuses, texts that it can't store, a publisher who never answers."""

from __future__ import annotations

from dataclasses import replace

from tests.chaos.result import MISSING, Result
from tests.chaos.scene import Scene, end
from tests.chaos.strangers import HOSTILE, STALLED
from tests.pipeline.night import register

# Where a step writes its row of a page, and how the row names the page: by its address, or by its number.
ROWS = {
    "poll": ("ingest.entry", "new.link = '{url}'"),
    "fetch": ("ingest.capture", "new.page_id = {page}"),
    "extract": ("ingest.extraction", "new.page_id = {page}"),
    "deduplicate": ("ingest.story_member", "new.page_id = {page}"),
    "load": ("news_internal.article", "new.article_id = {page}"),
}
# So long the one who never answers is waited for here, seconds.
QUICK = {"deadline_s": 5.0, "fetch_tail_s": 2.0, "poll_tail_s": 2.0}
OUT_OF_TIME = ("deadline", "postponed")
POLLED = f"""select last_outcome from ingest.feed join ingest.publisher using (publisher_id) where name = '{STALLED}'"""
# How hostile pages end, which can be read once they are cleaned, and one whose address leads nowhere.
ENDS = frozenset({"new", "not_found"})
PAGE = "(select page_id from ingest.page where url = '{url}')"


def refused_row(scene: Scene, step: str) -> Result:
    """The database refuses a step's row of one page: it ends as `bad_row`, and the others are stored."""
    url = scene.chance.choice(scene.alone)
    table, names = ROWS[step]
    condition = names.format(url=url, page=PAGE.format(url=url))
    scene.do(
        f"create function refuse() returns trigger language plpgsql as $$ begin if {condition} then"
        " raise exception 'refused by the campaign' using errcode = 'check_violation'; end if; return new; end $$",
        f"create trigger refuse before insert or update on {table} for each row execute function refuse()",
    )
    result = end(scene.start(step, {"act": "none"}), Result("refused row", step, f"a row of {table}", hit=True))
    result.took[url] = frozenset({MISSING if step == "poll" else "bad_row"})  # a refused entry makes no page
    return result


def hostile_texts(scene: Scene, step: str) -> Result:
    """A publisher's feed and pages are full of NUL and lone surrogates; the step meets them, and all later ones."""
    register(scene.settings.dsn, [(HOSTILE, scene.strangers.hostile.url("/feed"))])
    scene.until(step, HOSTILE)
    result = end(scene.start(step, {"act": "none"}), Result("hostile texts", step, "a publisher's all", hit=True))
    result.took[scene.strangers.hostile.origin] = ENDS
    return result


def stalled_publisher(scene: Scene, step: str) -> Result:
    """A publisher accepts and never answers, or asks for ten minutes between two requests."""
    pauses = scene.chance.random() < 0.5
    result = Result("stalled publisher", step, "long pauses" if pauses else "never answers", hit=True)
    feed = scene.strangers.stalled.url("/silent" if step == "poll" else "/feed")
    scene.strangers.ask_for_pauses(long=False)
    register(scene.settings.dsn, [(STALLED, feed)])
    scene.until(step, STALLED)
    scene.strangers.ask_for_pauses(long=pauses)
    scene.do("update ingest.origin set robots_expires_at = now()")
    quick = replace(scene, settings=scene.settings.model_copy(update=QUICK))
    end(quick.start(step, {"act": "none"}), result)
    result.took[scene.strangers.stalled.origin] = frozenset({*OUT_OF_TIME, "cooling"})  # an origin that failed rests
    if step == "poll" and scene.ask(POLLED) not in OUT_OF_TIME:
        result.differences.append(f"the silent feed ended as {scene.ask(POLLED)}")
    return result
