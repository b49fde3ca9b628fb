-- What operators need beside the ledger: each publisher's days in numbers, alarms, and who did what.

create table ingest.publisher_day (
  publisher_id integer not null references ingest.publisher on delete cascade,
  day date not null,
  polls integer not null default 0,
  polls_ok integer not null default 0,
  new_entries integer not null default 0,
  fetched integer not null default 0,
  captured integer not null default 0,
  extracted integer not null default 0,
  readable integer not null default 0,
  new_articles integer not null default 0,
  revised integer not null default 0,
  words real,
  failures jsonb not null default '{}',
  poll_failures jsonb not null default '{}',
  primary key (publisher_id, day)
);
create index publisher_day_day on ingest.publisher_day (day);
comment on table ingest.publisher_day is 'Each publisher''s days (UTC) in numbers, counted from polls and runs; derived, and made again whenever a day is counted.';
comment on column ingest.publisher_day.publisher_id is 'Publisher.';
comment on column ingest.publisher_day.day is 'Day of the polls, and day on which the runs began, UTC.';
comment on column ingest.publisher_day.polls is 'Polls of its feeds.';
comment on column ingest.publisher_day.polls_ok is 'Of them, answered well (ok or not_modified).';
comment on column ingest.publisher_day.new_entries is 'Entries that were new to us.';
comment on column ingest.publisher_day.fetched is 'Pages that fetch ended.';
comment on column ingest.publisher_day.captured is 'Of them, captured.';
comment on column ingest.publisher_day.extracted is 'Captures that extract ended.';
comment on column ingest.publisher_day.readable is 'Of them, articles: readable / extracted is the yield.';
comment on column ingest.publisher_day.new_articles is 'Articles that were new.';
comment on column ingest.publisher_day.revised is 'Articles that got another revision.';
comment on column ingest.publisher_day.words is 'Median length of the article bodies extracted, words.';
comment on column ingest.publisher_day.failures is 'Pages by outcome code, for the outcomes that are no success.';
comment on column ingest.publisher_day.poll_failures is 'Polls by outcome code, for the outcomes that are no success.';

create table ingest.ops_alarm (
  alarm_id bigint generated always as identity primary key,
  cause text not null,
  subject text not null default '',
  publisher_id integer references ingest.publisher on delete cascade,
  severity text not null check (severity in ('warning', 'critical')),
  sentence text not null,
  facts jsonb not null default '{}',
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  resolved_at timestamptz,
  told_at timestamptz,
  told_resolved_at timestamptz
);
create unique index ops_alarm_open on ingest.ops_alarm (cause, subject) where resolved_at is null;
create index ops_alarm_opened on ingest.ops_alarm (opened_at);
comment on table ingest.ops_alarm is 'What the watch found wrong, from its first sight until it was over; one open row for each cause and subject.';
comment on column ingest.ops_alarm.alarm_id is 'Key.';
comment on column ingest.ops_alarm.cause is 'Stable code of the cause; docs/runbooks has a page for each.';
comment on column ingest.ops_alarm.subject is 'Publisher, story or other thing that it is about; empty where it is about us.';
comment on column ingest.ops_alarm.publisher_id is 'Publisher, where it is about one.';
comment on column ingest.ops_alarm.severity is 'critical: somebody should look now; warning: today.';
comment on column ingest.ops_alarm.sentence is 'What is wrong, for people.';
comment on column ingest.ops_alarm.facts is 'The figures behind it.';
comment on column ingest.ops_alarm.opened_at is 'When it was first seen.';
comment on column ingest.ops_alarm.seen_at is 'When it was last seen.';
comment on column ingest.ops_alarm.resolved_at is 'When it was over; null while it lasts.';
comment on column ingest.ops_alarm.told_at is 'When the notifiers had taken the message.';
comment on column ingest.ops_alarm.told_resolved_at is 'When the notifiers had taken the message that it is over.';

create table ingest.audit (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'
);
create index audit_at on ingest.audit (at);
comment on table ingest.audit is 'What people did through the operations pages; append-only.';
comment on column ingest.audit.audit_id is 'Key.';
comment on column ingest.audit.at is 'When.';
comment on column ingest.audit.actor is 'User, as Airflow''s auth manager names it.';
comment on column ingest.audit.action is 'retry, pause_feed, resume_feed, pause_publisher, resume_publisher, poll_now, accept or dismiss.';
comment on column ingest.audit.subject is 'What it was done to.';
comment on column ingest.audit.detail is 'Further figures, such as the number of pages.';

create index page_rejected on ingest.page (changed_at desc) where state = 'rejected';
create index page_rejected_outcome on ingest.page (outcome, changed_at desc) where state = 'rejected';
create index run_started on ingest.run (started_at);
