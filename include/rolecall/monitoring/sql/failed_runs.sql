-- One row a workflow: its last run, whether that failed, and which failed runs nobody was told of, oldest first, each with its mistakes that
-- nobody was told of. A mistake is told of under a name of its own where it is critical (once a mistake where the clock or an asset starts
-- the runs, once a run where somebody asked for it or cleared it), and as its board's where a search or its delivery fails. A run all of
-- whose mistakes since it last began were told of so is no news here; one that has none is: no task says why it failed.
with run as (
    select dag_id, run_id, state, ended_at, told_at, ended_at - make_interval(secs => seconds) as began,
           run_id !~ '^(scheduled|asset_triggered)__' or ends > 1 as asked_for
    from dag_run_end
    where ended_at between %(now)s - interval '30 days' and %(now)s
), mistake as (
    select run.dag_id, run.run_id, (min(error.happened_at), min(error.id)) as place, array_agg(error.id) as ids,
           (array_agg(error.node || ': ' || error.type || ': ' || left(error.message, 500) order by error.happened_at, error.id))[1] as says,
           (array_agg(error.link order by error.happened_at, error.id))[1] as link,
           bool_or(error.told or (error.critical and not run.asked_for)
                   or (run.dag_id like 'scrape\_%%' and run.run_id not like 'backfill\_\_%%'
                       and error.node in ('list_searches', 'scrape', 'deliver'))) as told
    from run join workflow_error error on (error.workflow, error.run_id) = (run.dag_id, run.run_id) and error.happened_at >= run.began
    where run.state = 'failed'
    group by run.dag_id, run.run_id, error.fingerprint
), mistakes as (
    select dag_id, run_id, jsonb_agg(says order by place) as every,
           coalesce(jsonb_agg(says order by place) filter (where not told), '[]') as untold,
           coalesce(jsonb_agg(ids) filter (where not told), '[]') as ids, (array_agg(link order by told, place))[1] as link
    from mistake group by dag_id, run_id
), failed as (
    select run.*, coalesce(every, '[]') as every, coalesce(untold, '[]') as mistakes, coalesce(ids, '[]') as ids, link,
           case when every is null then told_at is null else untold <> '[]' end as untold
    from run left join mistakes using (dag_id, run_id)
    where state = 'failed'
), last as (
    select distinct on (dag_id) dag_id, run_id, ended_at from run order by dag_id, ended_at desc, run_id
)
select last.dag_id,
       case when failed.run_id is null then false when failed.untold or failed.told_at is not null then true end as bad,
       last.run_id, last.ended_at, coalesce(failed.every, '[]') as mistakes, coalesce(untold.runs, '[]') as untold
from last
left join failed using (dag_id, run_id)
left join lateral (
    select jsonb_agg(jsonb_build_object('run_id', run_id, 'ended_at', ended_at, 'asked_for', asked_for, 'mistakes', mistakes, 'ids', ids, 'link', link)
                     order by ended_at, run_id) as runs
    from failed where failed.dag_id = last.dag_id and failed.untold
) untold on true
order by last.dag_id
