-- A person's applications in the order that was asked for: one page, from a time and id on.
select a.id::text, /* by */ as ordered_at, a.title, a.company, a.state, a.state_reason, a.employer_status, a.run_id like 'elsewhere%%' as by_hand, a.created_at, a.updated_at, a.submitted_at,
       a.receipt, a.source, asked.answer,
       coalesce(case when a.run_id like 'elsewhere%%' then nullif(a.score, 0) else a.score end, (
           select max(m.score) from match m where m.person_id = a.person_id and m.job_id = a.job_id)) as score
from application a
left join lateral (
    select p.answer from approval p where p.application_id = a.id order by p.asked_at desc limit 1) asked on true
where a.person_id = %(person)s and (%(state)s = '' or a.state = %(state)s)
  and (%(after_at)s::timestamptz is null or (/* by */, a.id) /* beyond */ (%(after_at)s::timestamptz, %(after_id)s::uuid))
order by /* by */ /* way */, a.id /* way */
limit %(limit)s
