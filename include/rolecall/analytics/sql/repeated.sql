-- Postings that tell, as far as was known at the end of the day, of a job that another posting had told before.
with placed as (
    select distinct on (posting_id) posting_id, job_id from figures.placement
    where since < %(until)s order by posting_id, since desc
), first as (
    select posting_id, min(first_seen_at) as seen_at, min(own_job_id) as own_job_id
    from figures.posting where first_seen_at < %(until)s group by posting_id
), member as (                                  -- of jobs to which some posting was moved
    select p.posting_id, p.job_id, f.seen_at from placed p join first f using (posting_id)
    union all
    select f.posting_id, f.own_job_id, f.seen_at from first f
    where f.own_job_id in (select job_id from placed) and not exists (select from placed p where p.posting_id = f.posting_id)
)
insert into repeated (posting_id)
select posting_id
from (select posting_id, row_number() over (partition by job_id order by seen_at, posting_id) as nth from member) m
where nth > 1
