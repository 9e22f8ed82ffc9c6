-- What was found, and the state that follows from it; only what changes is written. Returns each looked-at job's state.
with looked as (
    select * from unnest(%(ids)s::text[], %(hashes)s::text[], %(closed)s::text[]) as l (id, content_hash, closed)
), found as (
    select * from unnest(%(found_ids)s::text[], %(found_rules)s::text[]) as f (job_id, rule)
), ruled as (
    select found.job_id, found.rule, r.severity, r.reason, r.fix, r.risk
    from found join unnest(%(rules)s::text[], %(severities)s::text[], %(reasons)s::text[], %(fixes)s::text[], %(risks)s::float8[])
        as r (rule, severity, reason, fix, risk) on r.rule = found.rule
), mended as (
    delete from quarantine q using looked
    where q.job_id = looked.id and not exists (select from ruled where ruled.job_id = q.job_id and ruled.rule = q.rule)
), noted as (
    insert into quarantine as q (job_id, rule, severity, reason, fix)
    select job_id, rule, severity, reason, fix from ruled
    on conflict (job_id, rule) do update set severity = excluded.severity, reason = excluded.reason, fix = excluded.fix
    where (q.severity, q.reason, q.fix) is distinct from (excluded.severity, excluded.reason, excluded.fix)
), judged as (
    select looked.id, looked.content_hash,
           looked.closed,
           coalesce(1 - exp(sum(ln(1 - ruled.risk)) filter (where ruled.risk > 0)), 0) as risk,
           coalesce(jsonb_agg(jsonb_build_object('signal', ruled.rule, 'weight', ruled.risk, 'text', ruled.reason) order by ruled.rule)
                    filter (where ruled.risk > 0), '[]') as risk_reasons,
           case when looked.closed is not null then 'closed'
                when bool_or(ruled.severity = 'error') then 'quarantined'
                when bool_or(ruled.severity = 'warning') then 'warned'
                else 'valid' end as state
    from looked left join ruled on ruled.job_id = looked.id
    group by looked.id, looked.content_hash, looked.closed
), written as (
    update job set state = judged.state, validated_hash = judged.content_hash, validated_rules = %(version)s, risk = judged.risk, risk_reasons = judged.risk_reasons,
        closed_reason = judged.closed,
        closed_at = case when judged.closed is null then null else coalesce(job.closed_at, %(now)s) end
    from judged
    where job.id = judged.id
      and (job.state, job.validated_hash, job.validated_rules, job.risk, job.risk_reasons, job.closed_reason)
          is distinct from (judged.state, judged.content_hash, %(version)s::text, judged.risk, judged.risk_reasons, judged.closed)
)
select state, count(*) as jobs from judged group by state
