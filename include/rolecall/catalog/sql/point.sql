-- Every id a job ever had leads straight to the job it is now: the one that the id's own posting belongs to.
update job set merged_into = nullif(placed.job_id, job.id)
from placed
where job.id = placed.own_id and job.merged_into is distinct from nullif(placed.job_id, job.id)
returning new.merged_into is not null and old.merged_into is null as is_merged
