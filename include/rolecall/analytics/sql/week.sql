-- New jobs of the week and of the week before by what they are and ask for: the 200 most frequent of each kind.
with useful as (
    select *, first_seen_at >= %(week)s as is_new from seen where not duplicate and not quarantined and first_seen_at >= %(fortnight)s
), total as (
    select count(*) filter (where is_new) as jobs, count(*) filter (where not is_new) as jobs_before from useful
), counted as (
    select dimension, value, count(*) filter (where is_new) as jobs, count(*) filter (where not is_new) as jobs_before
    from useful, lateral (values
        ('board', board), ('title', title), ('place', place), ('remote', coalesce(remote, 'not said')),
        ('seniority', coalesce(seniority, 'not said'))) d (dimension, value)
    where value is not null group by dimension, value
    union all
    select 'skill', skill, count(*) filter (where is_new), count(*) filter (where not is_new)
    from useful, unnest(skills) skill group by skill
), ranked as (
    select *, row_number() over (partition by dimension order by jobs + jobs_before desc, value collate "C") as nth from counted
), moved as (
    select s.stage, count(*) filter (where s.at >= %(week)s) as jobs, count(*) filter (where s.at < %(week)s) as jobs_before
    from pair p, lateral (values
        ('matched', p.matched_at), ('approved', p.approved_at), ('submitted', p.submitted_at), ('viewed', p.viewed_at),
        ('interview', p.interview_at), ('offer', p.offer_at)) s (stage, at)
    where s.at >= %(fortnight)s group by s.stage
)
insert into figures.week (day, dimension, value, jobs, jobs_before, total, total_before)
select %(day)s, r.dimension, r.value, r.jobs, r.jobs_before, t.jobs, t.jobs_before from ranked r, total t where nth <= 200
union all
select %(day)s, 'jobs', 'new jobs', t.jobs, t.jobs_before, t.jobs, t.jobs_before from total t where t.jobs + t.jobs_before > 0
union all
select %(day)s, 'funnel', m.stage, m.jobs, m.jobs_before, m.jobs, m.jobs_before from moved m
