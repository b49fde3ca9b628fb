"""Programs that `benchmarks.polling` runs in environments of their own, to poll the same feeds."""

from __future__ import annotations

# lemon24/reader with ten workers. `update_feeds` leaves out what was updated lately, so later phases name each feed.
READER = """
import json, resource, sys, time
from reader import make_reader
urls, modefile, db = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
reader = make_reader(db)
for url in urls:
    reader.add_feed(url)
def cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
for phase in ("cold", "known", "one new", "304"):
    open(modefile, "w").write(phase)
    began, start = time.monotonic(), cpu()
    if phase == "cold":
        reader.update_feeds(workers=10)
    else:
        for url in urls:
            reader.update_feed(url)
    print(json.dumps({"phase": phase, "wall": time.monotonic() - began, "cpu": cpu() - start,
                      "entries": reader.get_entry_counts().total}), flush=True)
"""
READER_NEEDS = ("reader==3.26", "sgmllib3k")

# What a worker of Media Cloud's rss-fetcher 0.18 does with a feed, by its own libraries at the versions that it pins:
# a new session and GET, feedparser, the URL and title rules of mediacloud-metadata, and for each story two look-ups,
# an insert and a commit through SQLAlchemy's ORM; then the feed's row and an event. Its queue, its log and its
# statistics are left out, which flatters it.
MEDIA_CLOUD = """
import datetime as dt, hashlib, json, logging, resource, sys, time
import feedparser, requests
from mcmetadata import titles, urls as rules
from mcmetadata.requests_arcana import insecure_requests_session
from sqlalchemy import BigInteger, DateTime, Index, String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, mapped_column, sessionmaker
urls, modefile, dsn = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
class Base(DeclarativeBase):
    pass
class Feed(Base):
    __tablename__ = "feeds"
    id = mapped_column(BigInteger, primary_key=True)
    url, etag, modified, digest, title, status = (mapped_column(String) for _ in range(6))
    attempt, success, due = (mapped_column(DateTime) for _ in range(3))
class Story(Base):
    __tablename__ = "stories"
    id = mapped_column(BigInteger, primary_key=True)
    feed_id, source_id = mapped_column(BigInteger, index=True), mapped_column(BigInteger, index=True)
    url, guid, title, plain_title = (mapped_column(String) for _ in range(4))
    plain_url = mapped_column(String, unique=True)
    title_hash = mapped_column(String)
    domain = mapped_column(String, index=True)
    published, fetched, seen = (mapped_column(DateTime, index=True) for _ in range(3))
    __table_args__ = (Index("by_title", "title_hash", "source_id"),)
class Event(Base):
    __tablename__ = "events"
    id = mapped_column(BigInteger, primary_key=True)
    feed_id, name, note = mapped_column(BigInteger, index=True), mapped_column(String), mapped_column(String)
    at = mapped_column(DateTime, index=True)
engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg://"))
Base.metadata.create_all(engine)
Session = sessionmaker(engine)
with Session() as session, session.begin():
    session.add_all(Feed(url=url) for url in urls)
def story(feed, entry, now):
    link = entry["link"].strip()
    rules.is_homepage_url(link)
    title = entry["title"].strip()
    plain = titles.normalize_title(title)
    made = Story(feed_id=feed.id, source_id=feed.id, url=link, plain_url=rules.normalize_url(link), title=title,
                 domain=rules.canonical_domain(link), guid=entry.get("guid"), plain_title=plain, fetched=now, seen=now,
                 title_hash=hashlib.md5(plain.encode()).hexdigest(),
                 published=dt.datetime(*entry["published_parsed"][:6]))
    rules.is_non_news_domain(made.domain)
    return made
def save(session, feed, entries, now):
    for entry in entries:
        made = story(feed, entry, now)
        with session.begin():
            known = session.scalars(select(Story).where(Story.plain_url == made.plain_url)).first()
            if known is not None:
                known.seen = now
                continue
            same_title = select(Story.id).where(Story.title_hash == made.title_hash, Story.source_id == made.source_id)
            if session.scalars(same_title).first() is None:
                session.add(made)
def poll(session, number):
    now = dt.datetime.utcnow()
    with session.begin():
        feed = session.scalars(select(Feed).where(Feed.id == number).with_for_update()).one()
        session.expunge(feed)
    with insecure_requests_session("benchmark") as client:
        answer = client.get(feed.url, headers={"If-None-Match": feed.etag} if feed.etag else {}, timeout=30)
    digest, title = feed.digest, feed.title
    if answer.status_code == 200:
        parsed = feedparser.parse(answer.content)
        digest, title = hashlib.md5(answer.content).hexdigest(), parsed.feed.title
        if digest != feed.digest:
            save(session, feed, parsed.entries, now)
    with session.begin():
        row = session.scalars(select(Feed).where(Feed.id == number).with_for_update()).one()
        row.attempt = row.success = now
        row.due, row.digest, row.title, row.status = now + dt.timedelta(hours=12), digest, title, "working"
        row.etag = answer.headers.get("ETag")
        session.add(Event(feed_id=number, name="fetch_succeeded", note="working", at=now))
def cpu():
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
logging.disable(logging.CRITICAL)
rules.canonical_domain("https://example.org/")  # loads its list of suffixes
for phase in ("cold", "known", "one new", "304"):
    open(modefile, "w").write(phase)
    began, start = time.monotonic(), cpu()
    for number in range(1, len(urls) + 1):
        with Session() as session:
            poll(session, number)
    with Session() as session:
        entries = session.scalar(select(func.count(Story.id)))
    print(json.dumps({"phase": phase, "wall": time.monotonic() - began, "cpu": cpu() - start, "entries": entries}),
          flush=True)
"""
MEDIA_CLOUD_NEEDS = (
    "mediacloud-metadata~=1.4.0",
    "sqlalchemy~=2.0.0",
    "psycopg[binary]~=3.1.0",
    "requests~=2.32.0",
    "feedparser~=6.0.10",
)
