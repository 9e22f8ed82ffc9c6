-- Jobs that may be one: new doubts in, those that are gone out. What a person decided stays.
with gone as (
    delete from possible_duplicate d
    where d.decision is null
      and (d.job_id in (select own_id from placed) or d.other_job_id in (select own_id from placed))
      and not exists (select from doubt where doubt.job_id = d.job_id and doubt.other_job_id = d.other_job_id)
)
insert into possible_duplicate as d (job_id, other_job_id, score, evidence)
select job_id, other_job_id, score, evidence from doubt
on conflict (job_id, other_job_id) do update set score = excluded.score, evidence = excluded.evidence
where d.decision is null and (d.score, d.evidence) is distinct from (excluded.score, excluded.evidence)
