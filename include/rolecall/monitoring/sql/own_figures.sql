select 'rolecall' as service, 'postings_per_minute' as metric,
       (select count(*) from posting where changed_at > now() - interval '5 minutes') / 5.0 as value
union all
select 'rolecall', 'oldest_unsent_notification_seconds',
       coalesce((select extract(epoch from now() - min(next_at)) from notification where state in ('queued', 'sending') and next_at < now()), 0)
union all
select 'rolecall', 'oldest_uncertain_application_seconds',
       coalesce((select extract(epoch from now() - min(updated_at)) from application where state = 'uncertain'), 0)
union all
select 'rolecall', 'oldest_owed_platform_call_seconds',
       coalesce((select extract(epoch from now() - min(created_at)) from outbox where done_at is null), 0)
union all
select dag_id, 'run_seconds', percentile_cont(0.5) within group (order by seconds)
from dag_run_end where ended_at > now() - interval '5 minutes' group by dag_id
union all
select dag_id, 'queued_seconds', percentile_cont(0.5) within group (order by queued_seconds)
from dag_run_end where ended_at > now() - interval '5 minutes' group by dag_id
