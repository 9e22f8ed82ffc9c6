-- Jobs to look at: content not checked yet, or a date that time has caught up with. Each with what its words are judged by.
select id, content_hash, left(title, 1000) || chr(10) || coalesce(left(description, %(max_text)s), '') as text,
       coalesce((select bool_and(p.expired) from posting p where p.job_id = job.id), false) as closed
from job
where merged_into is null and id > %(after)s and (
    %(full)s
    or validated_hash is distinct from content_hash
    or (state in ('valid', 'warned') and posted_at < %(now)s::timestamptz - interval '180 days'
        and not exists (select from quarantine q where q.job_id = job.id and q.rule = 'stale'))
    or (state = 'warned' and posted_at <= %(now)s::timestamptz + interval '1 day'
        and exists (select from quarantine q where q.job_id = job.id and q.rule = 'posted_in_future')))
order by id
limit %(limit)s
