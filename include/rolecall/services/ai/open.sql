-- The jobs people are shown; the tag changes when one of them does.
with expired as (
    select job_id from posting where job_id is not null group by job_id having bool_and(expired)
), open_now as (
    select id, content_hash || state || extract(epoch from changed_at) as tag
    from job
    where merged_into is null and state in ('valid', 'warned') and id not in (select job_id from expired)
)
