-- A person and a job, and when the two came to each stage. Who came to a later stage had come to the ones before by then.
with news as (
    select n.application_id,
           min(n.at) filter (where figures.employer_stage(n.status) is not null)                  as looked_at,
           min(n.at) filter (where figures.employer_stage(n.status) in ('interview', 'offer'))    as interview_at,
           min(n.at) filter (where figures.employer_stage(n.status) = 'offer')                    as offer_at,
           min(n.at) filter (where figures.employer_stage(n.status) = 'declined')                 as declined_at
    from figures.employer_news n where n.at < %(until)s group by n.application_id
), events as (
    select application_id, min(at) filter (where to_state = 'approved') as approved_at, min(at) filter (where to_state = 'submitted') as sent_at
    from application_event where at < %(until)s group by application_id
), applied as (
    select a.person_id, a.source, a.job_id, min(a.created_at) as planned_at, max(a.score) as score,
           min(least(e.approved_at, e.sent_at)) as approved_at, min(e.sent_at) as submitted_at,
           min(n.looked_at) as viewed_at, min(n.interview_at) as interview_at, min(n.offer_at) as offer_at, min(n.declined_at) as declined_at,
           bool_or(a.erased_at is not null) as erased
    from application a left join events e on e.application_id = a.id left join news n on n.application_id = a.id and e.sent_at is not null
    where a.created_at < %(until)s
    group by a.person_id, a.source, a.job_id
), matched as (
    select * from figures.first_match where matched_at < %(until)s
)
insert into pair
select person_id, coalesce(a.score, m.score), (select j.created_at from job j where j.id = job_id),
       least(m.matched_at, a.planned_at), a.approved_at, a.submitted_at, a.viewed_at, a.interview_at, a.offer_at, a.declined_at,
       coalesce(a.erased, false)
from matched m full join applied a using (person_id, source, job_id)
