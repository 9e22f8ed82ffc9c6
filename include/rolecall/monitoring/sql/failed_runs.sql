-- One row a workflow: whether its last run failed, or any in the window, and the first error of the newest such run. A run that was told
-- of under a name of its own (a critical error; scraping, by board) is no news here.
with run as (
    select dag_id, run_id, state, ended_at from dag_run_end run
    where ended_at between %(now)s - interval '30 days' and %(now)s and dag_id not like 'scrape\_%%'
      and not exists (select from workflow_error told where told.workflow = run.dag_id and told.run_id = run.run_id and told.critical)
), last as (
    select distinct on (dag_id) dag_id, state from run order by dag_id, ended_at desc
), failed as (
    select distinct on (dag_id) dag_id, run_id, ended_at from run where state = 'failed' order by dag_id, ended_at desc
), judged as (
    select last.dag_id, failed.run_id,
           coalesce(last.state = 'failed' or failed.ended_at > %(now)s - %(window)s::interval, false) as bad
    from last left join failed using (dag_id)
)
select judged.dag_id, judged.bad, case when judged.bad then judged.run_id end as run_id, error.node, error.error
from judged
left join lateral (
    select node, type || ': ' || left(message, 500) as error from workflow_error
    where judged.bad and workflow = judged.dag_id and run_id = judged.run_id order by happened_at, id limit 1
) error on true
