-- Whether a page says what it said was asked of the wide article; now of the ledger's row, which is at hand anyway.

alter table ingest.page add column loaded_content_hash bytea;
comment on column ingest.page.loaded_content_hash is 'content_hash of its article; null while it has no article.';

update ingest.page p set loaded_content_hash = a.content_hash
from news_internal.article a where a.article_id = p.page_id;
