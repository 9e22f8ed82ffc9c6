-- The newest applications of each state, for a board of columns.
select newest.*, state.name as state
from unnest(%(states)s::text[]) with ordinality as state(name, place)
cross join lateral (
    select a.id::text, a.title, a.company, a.state_reason, a.employer_status, a.run_id like 'elsewhere%%' as by_hand, a.source, coalesce(a.submitted_at, a.updated_at) as at,
           coalesce(case when a.run_id like 'elsewhere%%' then nullif(a.score, 0) else a.score end, (
               select max(m.score) from match m where m.person_id = a.person_id and m.job_id = a.job_id)) as score
    from application a where a.person_id = %(person)s and a.state = state.name
    order by a.created_at desc, a.id desc limit %(each)s) newest
order by state.place
