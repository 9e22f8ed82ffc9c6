-- One row a workflow: its last run, whether that failed, and which failed runs nobody was told of, oldest first, each with its first error. A run
-- that was told of under a name of its own is no news here: a critical error, once a mistake where the clock or an asset starts the runs,
-- once a run where somebody asked for it; scraping, by board.
with run as (
    select dag_id, run_id, state, ended_at, told_at,
           run_id !~ '^(scheduled|asset_triggered)__' as asked_for
    from dag_run_end
    where ended_at between %(now)s - interval '30 days' and %(now)s and dag_id not like 'scrape\_%%'
), news as (
    select * from run
    where not exists (
        select from workflow_error error
        where error.workflow = run.dag_id and error.run_id = run.run_id and error.critical and (error.told or not run.asked_for))
), first_error as (
    select distinct on (workflow, run_id) workflow as dag_id, run_id, node, type || ': ' || left(message, 500) as error
    from workflow_error where (workflow, run_id) in (select dag_id, run_id from news where state = 'failed')
    order by workflow, run_id, happened_at, id
), last as (
    select distinct on (dag_id) dag_id, state, run_id from news order by dag_id, ended_at desc, run_id
), untold as (
    select dag_id,
           jsonb_agg(jsonb_build_object('run_id', run_id, 'ended_at', ended_at, 'asked_for', asked_for, 'node', node, 'error', error)
                     order by ended_at, run_id) as runs
    from news left join first_error using (dag_id, run_id)
    where state = 'failed' and told_at is null
    group by dag_id
)
select dag_id, last.state = 'failed' as bad, last.run_id, first_error.node, first_error.error, coalesce(untold.runs, '[]') as untold
from last left join first_error using (dag_id, run_id) left join untold using (dag_id)
order by dag_id
