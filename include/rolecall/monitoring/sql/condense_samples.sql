-- Raw samples of full hours before the bound become one mean an hour. Run again, it finds nothing.
with old as (
    delete from performance_sample
    where sampled_at < date_trunc('hour', %(before)s) and date_trunc('hour', sampled_at) <> sampled_at
    returning service, metric, value, samples, date_trunc('hour', sampled_at) as hour
)
insert into performance_sample (service, metric, value, sampled_at, samples)
select service, metric, sum(value * samples) / sum(samples), hour, sum(samples)
from old group by service, metric, hour
on conflict (service, metric, sampled_at) do update
set value = (performance_sample.value * performance_sample.samples + excluded.value * excluded.samples)
            / (performance_sample.samples + excluded.samples),
    samples = performance_sample.samples + excluded.samples
