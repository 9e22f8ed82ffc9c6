-- The funnel of everybody and of each person. Seen: jobs the catalogue heard of since 30 days before the person came.
with stage as (
    select p.person_id, s.step, s.at, s.before
    from pair p, lateral (values
        (2, p.matched_at, p.seen_at), (3, p.approved_at, p.matched_at), (4, p.submitted_at, p.approved_at), (5, p.viewed_at, p.submitted_at),
        (6, p.interview_at, p.viewed_at), (7, p.offer_at, p.interview_at)) s (step, at, before)
    where s.at is not null
), counted as (
    select coalesce(person_id, '') as person_id, step, count(*) as reached, count(*) filter (where at >= %(since)s) as on_day,
           count(*) filter (where is_timed) as timed,
           percentile_cont(0.5) within group (order by extract(epoch from at - before)::float8 / 3600) filter (where is_timed) as hours_median,
           percentile_cont(0.9) within group (order by extract(epoch from at - before)::float8 / 3600) filter (where is_timed) as hours_p90
    from stage, lateral (select before < at and at >= %(month)s as is_timed) t
    group by grouping sets ((step), (person_id, step))
), heard as (                                   -- of how many jobs by the end of each day
    select day, sum(jobs) over (order by day) as so_far, jobs from arrived
), total as (
    select coalesce(sum(jobs), 0) as jobs, coalesce(sum(jobs) filter (where day = %(day)s), 0) as on_day from arrived
), person_since as (
    select id as person_id, (created_at at time zone 'UTC')::date - 30 as since from person where created_at < %(until)s
), seen_by as (
    select person_id,
           total.jobs - coalesce((select h.so_far from heard h where h.day < since order by h.day desc limit 1), 0) as reached, total.on_day
    from person_since, total
), people as (
    select person_id from person_since union select person_id from pair where not erased
), reached as (
    select person_id, step, reached, on_day, timed, hours_median, hours_p90 from counted
    union all select person_id, 1, reached, on_day, 0, null, null from seen_by
    union all select '', 1, coalesce(sum(reached), 0), coalesce(sum(on_day), 0), 0, null, null from seen_by
)
insert into figures.funnel (day, person_id, step, stage, reached, on_day, timed, hours_median, hours_p90)
select %(day)s, people.person_id, name.step, name.stage,
       -- matched before the catalogue knew it (a foreign service's job, a person who is gone): seen all the same
       case when name.step = 1 then greatest(coalesce(r.reached, 0), coalesce(m.reached, 0)) else coalesce(r.reached, 0) end,
       coalesce(r.on_day, 0), coalesce(r.timed, 0), r.hours_median, r.hours_p90
from (select person_id from people union select '') people
cross join (values (1, 'seen'), (2, 'matched'), (3, 'approved'), (4, 'submitted'), (5, 'viewed'), (6, 'interview'), (7, 'offer'))
    name (step, stage)
left join reached r on r.person_id = people.person_id and r.step = name.step
left join counted m on m.person_id = people.person_id and m.step = 2
