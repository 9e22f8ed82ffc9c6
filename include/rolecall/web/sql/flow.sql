-- The way of the data today (UTC), a row a stage: what came in, and what did not go on.
with today as (select date_trunc('day', now()) as start)
select 1 as step, 'Boards' as stage, 'ads seen' as what, coalesce(sum(cards), 0)::bigint as done,
       count(*) filter (where error is not null)::bigint as failed, 'searches failed' as failing from board_run, today where finished_at >= start
union all
select 2, 'Catalog', 'new jobs', (select count(*) from job, today where merged_into is null and created_at >= start),
       (select count(*) from job, today where merged_into is null and state = 'quarantined' and changed_at >= start), 'in quarantine'
union all
select 3, 'Matches', 'new matches', (select count(*) from figures.first_match, today where matched_at >= start),
       (select count(*)   -- good by what their person wants now: a threshold is read once a person, not once a match
        from (select distinct person_id, source, job_id from held_back where rule <> 'below_threshold') h
        join person on person.id = h.person_id
        cross join lateral (select match_threshold(person.preferences) as threshold offset 0) wanted
        join match m on (m.person_id, m.source, m.job_id) = (h.person_id, h.source, h.job_id) and m.gone_at is null and m.score >= wanted.threshold
        join job on job.id = m.job_id and job.merged_into is null and job.state <> 'closed'
        where not exists (select from application_lock l where l.person_id = m.person_id and l.job_key = m.job_id)), 'held back now'
union all
select 4, 'Applications', 'sent', (select count(*) from application, today where state = 'submitted' and submitted_at >= start),
       (select count(*) from application where state = 'uncertain'), 'unclear'
union all
select 5, 'Messages', 'sent', (select count(*) from notification, today where state = 'sent' and sent_at >= start),
       (select count(*) from notification, today where state in ('failed', 'uncertain') and created_at >= start), 'failed or unclear'
order by step
