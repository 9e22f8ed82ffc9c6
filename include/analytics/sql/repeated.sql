-- Postings that tell, as far as was known at the end of the day, of a job that another posting had told before.
with placed as (
    select distinct on (posting_id) posting_id, job_id from merge_event
    where merged_at < %(until)s order by posting_id, merged_at desc, id desc
), first as (
    select posting_id, min(first_seen_at) as seen_at from figures.posting where first_seen_at < %(until)s group by posting_id
)
insert into repeated (posting_id)
select posting_id
from (select posting_id, row_number() over (partition by job_id order by seen_at, posting_id) as nth from placed join first using (posting_id)) p
where nth > 1
