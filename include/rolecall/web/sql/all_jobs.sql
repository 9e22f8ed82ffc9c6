-- Every job of the catalog, newest first: one page, from a time and id on.
with page as (
    select job.* from job
    left join job_mark mark on mark.person_id = %(person)s and mark.job_id = job.id
    where /* asked_jobs.sql */
      and (%(after_at)s::timestamptz is null or (job.created_at, job.id) < (%(after_at)s::timestamptz, %(after_id)s))
    order by job.created_at desc, job.id desc limit %(limit)s
)
select page.id, page.title, page.company, page.location, page.remote, page.salary_min, page.salary_max, page.salary_currency,
       page.salary_interval, page.state, page.posted_at, page.created_at, best.score, page.source, mark.mark, own.state as application,
       own.id::text as application_id, held.reason as held_back,
       page.description is null and exists (select from posting p where p.job_id = page.id and p.raw ? 'alert') as from_alert
from page
left join job_mark mark on mark.person_id = %(person)s and mark.job_id = page.id
left join lateral (select max(m.score) as score from match m where m.job_id = page.id and m.person_id = %(person)s and m.gone_at is null) best on true
left join lateral (
    select a.id, a.state from application_lock l join application a on a.id = l.application_id
    where l.person_id = %(person)s and l.job_key = page.id limit 1) own on true
left join lateral (
    select h.reason from held_back h where h.person_id = %(person)s and h.job_id = page.id order by h.noted_at desc limit 1) held on own.id is null
order by page.created_at desc, page.id desc
