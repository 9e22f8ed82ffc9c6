-- Why these postings are one job: for each its strongest tie. The same once more is not written twice.
insert into merge_event as e (job_id, posting_id, evidence)
select placed.job_id, placed.posting_id, placed.evidence || jsonb_build_object(
    'key', p.merge_key,
    'posting', jsonb_build_object('board', p.board, 'external_id', p.external_id, 'title', left(p.title, 300), 'company', left(p.company, 300),
                                  'location', left(p.location, 300)))
from placed join posting p on p.id = placed.posting_id
where placed.evidence is not null
on conflict (job_id, posting_id) do update set evidence = excluded.evidence
where e.evidence is distinct from excluded.evidence
