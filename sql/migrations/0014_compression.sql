-- Texts are compressed with lz4 where the server has it: several times cheaper than pglz for nearly the same size.
-- A setting of the database, not of columns, so that the schema is the same on servers without it.

do $$
begin
  if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any(enumvals)) then
    execute format('alter database %I set default_toast_compression = lz4', current_database());
  end if;
exception when insufficient_privilege then
  raise notice 'not the owner of the database: texts are compressed with pglz';
end $$;
