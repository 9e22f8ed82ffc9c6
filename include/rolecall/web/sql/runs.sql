-- The last ended run of each DAG, and how many failed today.
select distinct on (dag_id) dag_id, run_id, state, ended_at, seconds,
       (select count(*) from dag_run_end f where f.dag_id = r.dag_id and f.state = 'failed' and f.ended_at > now() - interval '1 day') as failed
from dag_run_end r where ended_at > now() - interval '7 days' order by dag_id, ended_at desc
