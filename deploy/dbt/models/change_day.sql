{{ config(unique_key=['day', 'kind'], incremental_strategy='delete+insert') }}
-- Changes by day and kind. A day is counted again from its first change on while anything new is in it.
select
  (changed_at at time zone 'UTC')::date as day, kind, count(*) as changes, max(change_id) as change_id
from {{ source('news', 'changes') }}
{% if is_incremental() %}
where changed_at >= (
  select coalesce(min((changed_at at time zone 'UTC')::date), date '2200-01-01') at time zone 'UTC'
  from {{ source('news', 'changes') }}
  where change_id > (select coalesce(max(change_id), 0) from {{ this }})
)
{% endif %}
group by 1, 2
