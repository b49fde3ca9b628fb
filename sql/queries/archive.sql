-- name: archive.ledger lists the sealed files, with what the captures say of each
select f.file, f.bytes, f.records, f.location, f.deleted_at, f.sealed_at,
  coalesce(c.captures, 0) as captures, coalesce(c.ends, 0) as ends
from ingest.warc_file f
left join (
  select file, count(*) as captures, max("offset" + length) as ends from ingest.capture group by file
) c using (file)
where %(folder)s = '' or f.file like %(folder)s || '/%%'
order by f.file;

-- name: archive.unledgered counts captures that point into files which the ledger does not know
select c.file, count(*) as captures from ingest.capture c
where not exists (select from ingest.warc_file f where f.file = c.file)
  and (%(folder)s = '' or c.file like %(folder)s || '/%%')
group by c.file order by c.file;

-- name: archive.captures lists the captures of a file, in its order
select capture_id, page_id, file, "offset", length, payload_digest from ingest.capture
where file = %(file)s order by "offset";

-- name: archive.newest_capture finds the newest capture of a page that is still in the archive
-- returns: row or none
select c.file, c."offset", c.length, c.payload_digest
from ingest.page p join ingest.capture c using (page_id) join ingest.warc_file f using (file)
where p.url_hash = %(url_hash)s and p.url = %(url)s and f.deleted_at is null and f.location = ''
order by c.capture_id desc limit 1;

-- name: archive.expired lists files that retention may take: no page waits for them, no kept revisit needs them
select f.file, f.bytes, f.records, f.sealed_at from ingest.warc_file f
where f.deleted_at is null and f.location = '' and f.sealed_at < %(before)s
  and split_part(f.file, '/', 1) = any(%(folders)s::text[])
  and not exists (
    select from ingest.capture c join ingest.page p on p.capture_id = c.capture_id
    where c.file = f.file and p.settled_at is null and p.state = 'captured')
  and not exists (
    select from ingest.capture o
    join ingest.capture r on r.refers_to = o.capture_id and r.file <> o.file
    join ingest.warc_file k on k.file = r.file
    where o.file = f.file and k.deleted_at is null and k.sealed_at >= %(before)s)
order by f.sealed_at, f.file;

-- name: archive.mark_deleted notes, before the file goes, that it goes
update ingest.warc_file set deleted_at = %(now)s where file = %(file)s and deleted_at is null;

-- name: archive.mark_moved notes, after the copy is safe, where the file is now
update ingest.warc_file set location = %(location)s where file = %(file)s;

-- name: archive.own_folders lists this database's folders of the archive, the present one last
select folder, begun_at from ingest.archive_folder where mark = ingest.database_mark() order by made_at, folder;

-- name: archive.make_folder gives this database a folder of its own, where it has none
insert into ingest.archive_folder (made_at)
select clock_timestamp() where not exists (select from ingest.archive_folder where mark = ingest.database_mark());

-- name: archive.begun_folder gives the newest folder that was made in the archive, whoever made it
-- returns: value or none
select folder from ingest.archive_folder where begun_at is not null order by made_at desc, folder desc limit 1;

-- name: archive.note_begun notes that a folder was made in the archive
update ingest.archive_folder set begun_at = coalesce(begun_at, %(now)s) where folder = %(folder)s;

-- name: archive.adopt takes over the folders of the databases that this one was copied from
-- returns: count
update ingest.archive_folder set mark = ingest.database_mark() where mark <> ingest.database_mark();

-- name: archive.tokens lists the words by which this database's steps have named their files
-- returns: value
-- not null: all
select coalesce(array_agg(token), '{}') from ingest.run_stage, unnest(tokens) as token;
