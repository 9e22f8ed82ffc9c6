-- Postings first seen in the 28 days up to the end of the day, in the words they had then (else the oldest we know), each with the job it
-- was known to be.
with worded as (
    select distinct on (posting_id) * from figures.posting
    where first_seen_at >= %(month)s and first_seen_at < %(until)s
    order by posting_id, known_at < %(until)s desc, case when known_at < %(until)s then known_at end desc nulls last, known_at
), placed as (
    select distinct on (posting_id) posting_id, job_id from figures.placement
    where since < %(until)s order by posting_id, since desc
), shut as (
    select distinct job_id from figures.quarantine_span where since < %(until)s and (until is null or until >= %(until)s)
)
insert into seen
select w.posting_id, w.board, w.first_seen_at, w.posted_at, w.title, w.skills, w.place, w.country, w.remote, w.seniority, w.salary, w.currency,
       repeated.posting_id is not null, shut.job_id is not null
from worded w
left join placed using (posting_id)
left join repeated using (posting_id)
left join shut on shut.job_id = coalesce(placed.job_id, w.own_job_id)
