-- Who applied for a job applied for what it became, and for each part it was split into.
insert into application_lock (person_id, job_key, application_id)
select distinct on (lock.person_id, placed.job_id) lock.person_id, placed.job_id, lock.application_id
from placed join application_lock lock on lock.job_key = placed.old_job_id
where placed.old_job_id <> placed.job_id
order by lock.person_id, placed.job_id, lock.application_id
on conflict do nothing
