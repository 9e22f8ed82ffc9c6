-- One row a watched workflow: when it last succeeded. What we did not watch does not count: from the first run of the watcher itself
-- after it had not run for an hour.
with watcher as (
    select ended_at, ended_at - lag(ended_at) over (order by ended_at) as gap
    from dag_run_end where dag_id = 'monitor_performance' and ended_at between %(now)s - interval '400 days' and %(now)s
),
since as (
    select case when max(ended_at) > %(now)s - interval '1 hour'
                then max(ended_at) filter (where gap is null or gap > interval '1 hour') else %(now)s end as began
    from watcher
)
select watched.dag_id, seen.last, seen.last < %(now)s - make_interval(secs => watched.hours * 3600) as bad
from unnest(%(names)s::text[], %(hours)s::float8[]) as watched (dag_id, hours)
cross join since
cross join lateral (
    select greatest(max(ended_at), since.began) as last from dag_run_end run where run.dag_id = watched.dag_id and state = 'success'
) seen
