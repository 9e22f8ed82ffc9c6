-- What we know of each match: the job it is now, this person's application for it, and doubts. Jobs that only another service knows
-- are known by source and id, and nothing else is known of them.
with recursive asked as (
    select ord, id, source from unnest(%(ids)s::text[], %(sources)s::text[]) with ordinality as a (id, source, ord)
), path as (
    select asked.ord, job.id, job.merged_into, job.state, job.apply_url, job.url, job.source, job.risk, 0 as depth from asked join job on job.id = asked.id
    union all
    select path.ord, job.id, job.merged_into, job.state, job.apply_url, job.url, job.source, job.risk, depth + 1
    from path join job on job.id = path.merged_into where depth < 50
), known as (
    select asked.ord, coalesce(job.id, asked.source || ':' || asked.id) as job_key, asked.source || ':' || asked.id as as_unknown, asked.id as as_known,
           job.state as job_state, job.risk, job.apply_url, job.url, job.source
    from asked left join path job on job.ord = asked.ord and job.merged_into is null
), followed as (  -- this person's applications for jobs that became another since
    select a.id, job.merged_into as job_key, 1 as depth
    from application a join job on job.id = a.job_key where a.person_id = %(person)s and job.merged_into is not null
    union all
    select followed.id, job.merged_into, depth + 1 from followed join job on job.id = followed.job_key
    where job.merged_into is not null and depth < 50
)
select known.job_key, exists (select from job_mark m where m.person_id = %(person)s and m.job_id = known.job_key and m.mark = 'hidden') as hidden,
       known.job_state, known.risk, known.apply_url, known.url, known.source, own.id as own_id,
       case when own.declined then 'cancelled' else own.state end as own_state,
       own.state = 'cancelled' and own.state_reason = any(%(open_again)s) and not own.declined as asked_again,
       exists (select from doubtful_siblings(%(person)s, known.job_key, own.id) sibling
               where sibling.state in ('submitting', 'submitted', 'uncertain', 'refused')) as doubtful,
       (select coalesce(array_agg(case when d.job_id = known.job_key then d.other_job_id else d.job_id end), '{}')
        from possible_duplicate d
        where known.job_key in (d.job_id, d.other_job_id) and d.decision is distinct from 'different') as doubts
from known
left join lateral (
    select a.id, a.state, a.state_reason, a.state in ('planned', 'approved', 'cancelled') and application_declined(a) as declined
    from application a
    where a.id in (
        select l.application_id from application_lock l
        where l.person_id = %(person)s and (
              l.job_key in (known.job_key, known.as_unknown, known.as_known, 'apply:' || known.apply_url)
              or l.job_key in (select 'apply:' || p.url from posting p where p.job_id = known.job_key))  -- applied for by hand, before we knew it
        union all
        select followed.id from followed where followed.job_key = known.job_key
    )
    order by a.state in ('submitting', 'submitted', 'uncertain', 'refused') desc, a.updated_at desc limit 1
) own on true
order by known.ord
