-- The newest applications of each state, for a board of columns.
select newest.*, state.name as state
from unnest(%(states)s::text[]) with ordinality as state(name, place)
cross join lateral (
    select a.id::text, a.title, a.company, a.state_reason, a.employer_status, a.score, a.source, coalesce(a.submitted_at, a.updated_at) as at
    from application a where a.person_id = %(person)s and a.state = state.name
    order by a.created_at desc, a.id desc limit %(each)s) newest
order by state.place
