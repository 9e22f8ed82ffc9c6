with look as (
    select * from jsonb_to_recordset(%(looks)s) as look (key text, kind text, service text, bad boolean, detail text)
),
closed as (
    update incident set closed_at = %(now)s
    from look where incident.key = look.key and incident.closed_at is null and not look.bad
    returning incident.*, look.detail as seen
),
again as (
    update incident
    set last_seen_at = %(now)s, occurrences = incident.occurrences + 1, last_detail = look.detail,
        reminded_at = case when incident.reminded_at <= %(now)s - %(remind_after)s::interval then %(now)s else incident.reminded_at end
    from look where incident.key = look.key and incident.closed_at is null and look.bad
    returning incident.*, look.detail as seen
),
opened as (
    insert into incident (key, kind, service, detail, last_detail, opened_at, last_seen_at, reminded_at)
    select key, kind, service, detail, detail, %(now)s, %(now)s, %(now)s
    from look
    where bad and not exists (select from incident where incident.key = look.key and incident.closed_at is null)
    on conflict (key) where closed_at is null do nothing
    returning *, detail as seen
),
told as (
    select 'closed' as change, * from closed
    union all select 'reminded', * from again where reminded_at = %(now)s
    union all select 'opened', * from opened
)
select change, id, key, kind, service, seen as detail, occurrences, %(now)s - opened_at as lasted
from told order by key
