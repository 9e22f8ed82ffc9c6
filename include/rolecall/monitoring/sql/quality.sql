-- The catalog as it is: shares of its jobs, and what rules found, by the board of the job.
with open_job as (
    select job.id, job.state, job.source from job where merged_into is null
), boards as (
    select job_id, count(distinct board) > 1 as several from posting where job_id is not null group by job_id
), doubted as (
    select job_id as id from possible_duplicate where decision is null
    union
    select other_job_id from possible_duplicate where decision is null
)
select count(*) as jobs,
       avg((state = 'quarantined')::int)::float8 as quarantine_rate,
       avg((state = 'warned')::int)::float8 as warning_rate,
       avg((state = 'closed')::int)::float8 as closed_rate,
       avg(coalesce(boards.several, false)::int)::float8 as merge_rate,
       avg((doubted.id is not null)::int)::float8 as doubt_rate,
       (select coalesce(jsonb_object_agg(rule, by_board), '{}')
        from (select rule, jsonb_object_agg(source, jobs) as by_board
              from (select q.rule, o.source, count(*) as jobs from quarantine q join open_job o on o.id = q.job_id group by q.rule, o.source) counted
              group by rule) per_rule) as found
from open_job
left join boards on boards.job_id = open_job.id
left join doubted on doubted.id = open_job.id
