-- Jobs to look at: content not checked yet, or by other rules, a date that time has caught up with, not seen for long, or seen again. Each with what its words are judged by.
select id, content_hash, left(company, 500) as company, left(url, 2000) as url, left(apply_url, 2000) as apply_url, source,
       left(title, 1000) || chr(10) || coalesce(left(description, %(max_text)s), '') as text,
       (select case when bool_and(p.expired) then 'expired' when max(p.last_seen_at) < %(unseen)s then 'not_seen' end
        from posting p where p.job_id = job.id) as closed
from job
where merged_into is null and id > %(after)s and (%(until)s = '' or id <= %(until)s) and (
    %(full)s
    or validated_hash is distinct from content_hash
    or validated_rules is distinct from %(version)s
    or (state <> 'closed' and id in (select p.job_id from posting p where p.last_seen_at < %(unseen)s)
        and not exists (select from posting p where p.job_id = job.id and p.last_seen_at >= %(unseen)s))
    or (closed_reason = 'not_seen' and exists (select from posting p where p.job_id = job.id and p.last_seen_at >= %(unseen)s))
    or (state in ('valid', 'warned') and posted_at < %(now)s::timestamptz - interval '180 days'
        and not exists (select from quarantine q where q.job_id = job.id and q.rule = 'stale'))
    or (state = 'warned' and posted_at <= %(now)s::timestamptz + interval '1 day'
        and exists (select from quarantine q where q.job_id = job.id and q.rule = 'posted_in_future')))
order by id
limit %(limit)s
