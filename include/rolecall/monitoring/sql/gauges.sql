-- Figures for Prometheus: name, labels, value. Counts of rows are exact; ask no more often than twice a minute.
select 'postings' as name, jsonb_build_object('board', board) as labels, count(*)::float8 as value from posting group by board
union all
select 'jobs', jsonb_build_object('state', state), count(*) from job where merged_into is null group by state
union all
select 'applications', jsonb_build_object('state', state), count(*) from application group by state
union all
select 'notifications', jsonb_build_object('type', type, 'state', state), count(*) from notification group by type, state
union all
select 'open_incidents', jsonb_build_object('kind', kind), count(*) from incident where closed_at is null group by kind
union all
select 'service_healthy', jsonb_build_object('service', service), healthy::int::float8
from (select distinct on (service) service, healthy from health_check where checked_at > now() - interval '3 hours'
      order by service, checked_at desc) latest
union all
select 'workflow_errors', jsonb_build_object('workflow', workflow, 'critical', critical::text), count(*)
from workflow_error where happened_at > now() - interval '24 hours' group by workflow, critical
union all
select 'dag_run_seconds', jsonb_build_object('dag_id', dag_id), percentile_cont(0.5) within group (order by seconds)
from dag_run_end where ended_at > now() - interval '1 hour' group by dag_id
union all
select 'dag_run_queued_seconds', jsonb_build_object('dag_id', dag_id), max(queued_seconds)
from dag_run_end where ended_at > now() - interval '1 hour' group by dag_id
union all
select 'oldest_unsent_notification_seconds', '{}', coalesce(extract(epoch from now() - min(next_at)), 0)
from notification where state in ('queued', 'sending') and next_at < now()
union all
select 'oldest_uncertain_application_seconds', '{}', coalesce(extract(epoch from now() - min(updated_at)), 0)
from application where state = 'uncertain'
