-- Who did what, newest first; applications and jobs by their titles, people by their names.
with last as materialized (select id, at, actor, action, subject, person_hash from audit order by id desc limit 30),
said as materialized (   -- before the tables are asked: row-level security lets no index answer for a computed id
    select last.*, substring(subject from '^application[: ]([0-9a-f]{8}-[0-9a-f-]{27})$')::uuid as application_id,
           substring(subject from '^notification:([0-9a-f]{8}-[0-9a-f-]{27})$')::uuid as notification_id,
           substring(subject from '^cv:(.*)$') as cv_id, substring(subject from '^job:(.*)$') as job_id
    from last
), named as materialized (select hash, person_id from audit_people() where hash in (select person_hash from last))
select said.id, said.at, said.actor, said.action, said.subject, person.name as person, coalesce(a.title, job.title, n.subject, file.filename) as title,
       coalesce(a.company, job.company) as company, coalesce(a.job_id, job.id) as job_id
from said
left join application a on a.id = said.application_id and a.erased_at is null
left join job on job.id = said.job_id
left join notification n on n.id = said.notification_id
left join cv on cv.id = said.cv_id
left join cv_file file on file.cv_id = cv.id
left join named on named.hash = said.person_hash
left join person on person.id = coalesce(a.person_id, n.person_id, cv.person_id, named.person_id)
order by said.id desc
