-- Why these postings are one job.
insert into merge_event (job_id, posting_id, evidence)
select placed.job_id, placed.posting_id, jsonb_build_object(
    'rule', 'same title, company and place',
    'key', p.merge_key,
    'posting', jsonb_build_object('board', p.board, 'external_id', p.external_id, 'title', left(p.title, 300), 'company', left(p.company, 300),
                                  'location', left(p.location, 300)),
    'description', case when p.description is null then 'none' else 'does not speak against it' end,
    'postings', count(*) over (partition by placed.job_id))
from placed join posting p on p.id = placed.posting_id
where placed.job_id in (select job_id from placed group by job_id having count(*) > 1)
on conflict (job_id, posting_id) do nothing
