-- What was found, and the state that follows from it; only what changes is written. Returns each looked-at job's state.
with looked as (
    select * from unnest(%(ids)s::text[], %(hashes)s::text[], %(closed)s::boolean[]) as l (id, content_hash, closed)
), found as (
    select * from unnest(%(found_ids)s::text[], %(found_rules)s::text[]) as f (job_id, rule)
), ruled as (
    select found.job_id, found.rule, r.severity, r.reason, r.fix
    from found join unnest(%(rules)s::text[], %(severities)s::text[], %(reasons)s::text[], %(fixes)s::text[])
        as r (rule, severity, reason, fix) on r.rule = found.rule
), mended as (
    delete from quarantine q using looked
    where q.job_id = looked.id and not exists (select from ruled where ruled.job_id = q.job_id and ruled.rule = q.rule)
), noted as (
    insert into quarantine as q (job_id, rule, severity, reason, fix)
    select * from ruled
    on conflict (job_id, rule) do update set severity = excluded.severity, reason = excluded.reason, fix = excluded.fix
    where (q.severity, q.reason, q.fix) is distinct from (excluded.severity, excluded.reason, excluded.fix)
), judged as (
    select looked.id, looked.content_hash,
           case when looked.closed then 'closed'
                when bool_or(ruled.severity = 'error') then 'quarantined'
                when bool_or(ruled.severity = 'warning') then 'warned'
                else 'valid' end as state
    from looked left join ruled on ruled.job_id = looked.id
    group by looked.id, looked.content_hash, looked.closed
), written as (
    update job set state = judged.state, validated_hash = judged.content_hash
    from judged
    where job.id = judged.id and (job.state, job.validated_hash) is distinct from (judged.state, judged.content_hash)
)
select state, count(*) as jobs from judged group by state
