-- Meetings: all of one application, else those to come; the next first.
select i.id, i.status, i.start_at, i.day, i.clock, i.zone, i.link, i.choose, i.place, i.application_id::text, a.title, a.company
from interview i join application a on a.id = i.application_id and a.erased_at is null
where i.person_id = %(person)s
  and case when %(application)s::uuid is null
           then i.status = 'planned' and coalesce(i.start_at, i.day + interval '1 day', now()) > now() - interval '2 hours'
           else i.application_id = %(application)s::uuid end
order by coalesce(i.start_at, i.day::timestamptz), i.id
limit 40
