-- What a week held for each person, from their funnels; people for whom nothing happened are left out.
with week as (
    select person_id, sum(on_day) filter (where stage = 'matched') as matches, sum(on_day) filter (where stage = 'submitted') as applications,
           sum(on_day) filter (where stage = 'viewed') as answers
    from figures.funnel where day between %(first)s and %(last)s and person_id <> '' group by person_id
), unclear as (
    select person_id, count(*) as uncertain from application where state = 'uncertain' group by person_id
)
select p.id, p.email, p.phone, p.preferences, coalesce(w.matches, 0) as matches, coalesce(w.applications, 0) as applications,
       coalesce(w.answers, 0) as answers, coalesce(u.uncertain, 0) as uncertain
from person p left join week w on w.person_id = p.id left join unclear u on u.person_id = p.id
where coalesce(w.matches, 0) + coalesce(w.applications, 0) + coalesce(w.answers, 0) + coalesce(u.uncertain, 0) > 0
order by p.id
