-- A person's matches as jobs of the catalog, best first: one page, from a score and id on.
with mine as (
    select distinct on (m.job_id) m.job_id, m.score, m.can_auto_apply, m.already_applied, m.source
    from match m where m.person_id = %(person)s and m.gone_at is null and m.score >= %(least)s order by m.job_id, m.score desc, m.cv_id
), page as (
    select job.id, job.title, job.company, job.location, job.remote, job.salary_min, job.salary_max, job.salary_currency,
           job.salary_interval, job.state, job.posted_at, job.created_at, job.description is null as untold, mine.score, mine.source, mark.mark
    from mine
    cross join lateral (select * from job where id = mine.job_id offset 0) job  -- by its id: the matches are few, the words common
    left join job_mark mark on mark.person_id = %(person)s and mark.job_id = job.id
    where /* asked_jobs.sql */
      and (%(after_score)s::float8 is null or (mine.score, job.id) < (%(after_score)s::float8, %(after_id)s))
    order by mine.score desc, job.id desc
    limit %(limit)s
)
select page.*, own.state as application, own.id::text as application_id, held.reason as held_back,
       page.untold and exists (select from posting p where p.job_id = page.id and p.raw ? 'alert') as from_alert
from page
left join lateral (
    select a.id, a.state from application_lock l join application a on a.id = l.application_id
    where l.person_id = %(person)s and l.job_key = page.id limit 1) own on true
left join lateral (
    select h.reason from held_back h where h.person_id = %(person)s and h.job_id = page.id order by h.noted_at desc limit 1) held on own.id is null
order by page.score desc, page.id desc
