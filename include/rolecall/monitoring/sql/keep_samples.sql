insert into performance_sample (service, metric, value, sampled_at)
select service, metric, value, %(now)s
from jsonb_to_recordset(%(rows)s) as sample (service text, metric text, value double precision)
on conflict (service, metric, sampled_at) do nothing
