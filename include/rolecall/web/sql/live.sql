-- What waits for each of these people; nobody's row where nothing does.
select a.person_id,
       count(*) filter (where a.state = 'planned' and (asked.answer is not null or a.approval_required) and asked.answer is distinct from 'later') as waiting,
       count(*) filter (where a.state = 'uncertain') as uncertain,
       count(*) filter (where a.state in ('approved', 'submitting')) as leaving
from application a
left join lateral (
    select p.answer from approval p where p.application_id = a.id order by p.asked_at desc limit 1) asked on a.state = 'planned'
where a.person_id = any(%(people)s) and a.state in ('planned', 'approved', 'submitting', 'uncertain') and a.erased_at is null
group by a.person_id
