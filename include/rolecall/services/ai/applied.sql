-- The jobs a person has applied for, by the ids they have now, under whatever id it was. An intent that was never sent does not count.
with recursive applied as (
    select lock.job_key as id
    from application_lock lock join application on application.id = lock.application_id
    where lock.person_id = %(person)s and application.state in ('submitting', 'submitted', 'refused', 'uncertain')
    union select job_id from application_record where user_id = %(person)s
    union select job_id from submission
    where cv_id = %(cv)s or cv_id in (select id from cv where person_id = %(person)s union all select cv_id from removed_cv where person_id = %(person)s)
), path as (
    select job.id, job.merged_into, 0 as depth from applied join job using (id)
    union all
    select job.id, job.merged_into, depth + 1 from path join job on job.id = path.merged_into where depth < 50
)
select distinct id from path where merged_into is null
