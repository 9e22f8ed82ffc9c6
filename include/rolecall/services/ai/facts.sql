-- What is known now about jobs, by any id they ever had: the canonical job and whether it is open.
with recursive path as (
    select job.id as asked, job.id, job.merged_into, 0 as depth from job where job.id = any(%(ids)s)
    union all
    select path.asked, job.id, job.merged_into, depth + 1 from path join job on job.id = path.merged_into where depth < 50
)
select path.asked, job.id, job.title, job.company, job.location, job.url, job.apply_url, job.source, job.state, job.risk,
       coalesce((select bool_and(p.expired) from posting p where p.job_id = job.id), false) as expired
from path join job on job.id = path.id
where path.merged_into is null
