-- How many jobs the catalogue first heard of on each day so far.
insert into arrived (day, jobs)
select (seen_at at time zone 'UTC')::date, count(*)
from (select posting_id, min(first_seen_at) as seen_at from figures.posting where first_seen_at < %(until)s group by posting_id) first
where not exists (select from repeated r where r.posting_id = first.posting_id)
group by 1
