-- The person whose page it is, and what waits for them. An operator who has chosen nobody sees whoever has most to decide.
with waiting as (
    select a.person_id, count(*) filter (where a.state = 'planned' and (asked.answer is not null or a.approval_required)
                                          and asked.answer is distinct from 'later') as waiting,
           count(*) filter (where a.state = 'planned' and asked.answer = 'later') as later,
           count(*) filter (where a.state = 'uncertain') as uncertain
    from application a
    left join lateral (
        select p.answer from approval p where p.application_id = a.id order by p.asked_at desc limit 1) asked on a.state = 'planned'
    where a.state in ('planned', 'uncertain') and a.erased_at is null and (%(person)s::text is null or a.person_id = %(person)s)
    group by a.person_id
)
select person.id, person.name, person.email, person.phone, person.preferences, match_threshold(person.preferences) as threshold,
       coalesce(w.waiting, 0) as waiting,
       coalesce(w.later, 0) as later, coalesce(w.uncertain, 0) as uncertain,
       case when %(operator)s then (select count(*) from person) else 1 end as people
from person left join waiting w on w.person_id = person.id
where %(person)s::text is null or person.id = %(person)s
order by coalesce(w.waiting, 0) desc, coalesce(w.uncertain, 0) desc, person.id limit 1
