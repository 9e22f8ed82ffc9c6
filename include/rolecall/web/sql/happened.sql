-- What happened to a person's applications since yesterday, newest first.
select * from (
    select e.at, e.to_state as what, e.reason, a.title, a.company, a.id::text as id
    from application a join application_event e on e.application_id = a.id
    where a.person_id = %(person)s and e.at > now() - interval '1 day'
      and e.to_state in ('submitted', 'refused', 'uncertain', 'cancelled') and a.erased_at is null
      and not (e.to_state = 'uncertain' and e.reason like 'you applied for it yourself%%')   -- on its way to submitted, in one transaction
    union all
    select n.at, 'news', n.status, a.title, a.company, a.id::text
    from application a join figures.employer_news n on n.application_id = a.id
    where a.person_id = %(person)s and n.at > now() - interval '1 day' and a.erased_at is null
      and not (n.status = any(%(sent)s) and not exists (   -- repeats that it was sent
          select from figures.employer_news earlier
          where earlier.application_id = n.application_id and earlier.id < n.id and earlier.status <> all(%(sent)s)))
) every order by at desc, id limit 12
