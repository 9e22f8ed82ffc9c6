-- What waits for a person's yes, best first, each with its job as it is now.
select a.id::text, a.title, a.company, a.score, a.letter, a.url, a.reasons, a.content_hash, a.cv_id, a.source, a.job_id, a.apply_url,
       a.letter_edited_at, a.state_reason, a.way, a.prepared, a.obstacle, a.open_questions, a.created_at as since, asked.answer, job.id as catalog_id, job.location, job.salary_min, job.salary_max,
       job.salary_currency, job.salary_interval, job.state as job_state, job.posted_at, job.url as job_url,
       coalesce(job.changed_at > coalesce(asked.asked_at, a.created_at) and job.changed_at > job.created_at, false) as ad_changed,
       coalesce(cv.sha256 <> a.cv_version, false) as cv_changed,
       exists (select from form_shown s where s.person_id = a.person_id and s.form_hash = a.prepared_hash) as pictured
from application a
left join lateral (
    select p.answer, p.asked_at from approval p where p.application_id = a.id order by p.asked_at desc limit 1) asked on true
left join job on job.id = application_job(a)
left join cv on cv.id = a.cv_id and cv.person_id = a.person_id
where a.person_id = %(person)s and a.state = 'planned' and a.erased_at is null and (a.approval_required or asked.answer is not null)
  and (%(later)s or asked.answer is distinct from 'later')
order by a.score desc, a.id
limit %(limit)s
