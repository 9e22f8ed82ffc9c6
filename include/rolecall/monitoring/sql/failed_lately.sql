-- Workflows with failed runs of the last day, most first: how many, and of the last one its first mistake.
select dag_id, count(*) as runs, (array_agg(run_id order by ended_at desc, run_id))[1] as run_id,
       (array_agg(coalesce(mistake.says, '') order by ended_at desc, run_id))[1] as says
from dag_run_end run
left join lateral (
    select node || ': ' || type || ': ' || message as says from workflow_error error
    where (error.workflow, error.run_id) = (run.dag_id, run.run_id) and error.happened_at >= run.ended_at - make_interval(secs => run.seconds)
    order by happened_at, id limit 1
) mistake on true
where state = 'failed' and ended_at > clock_timestamp() - interval '1 day'
group by dag_id order by runs desc, dag_id
