-- One job with everything that made it.
select job.id as job, job.title, job.company, job.location, job.state, job.risk, job.field_sources as fields,
    array(select old.id from job old where old.merged_into = job.id order by old.id) as known_as,
    (select coalesce(jsonb_agg(jsonb_build_object('name', p.board || '|' || p.external_id, 'title', p.title, 'company', p.company,
                'location', p.location, 'url', p.url, 'alert', p.description is null and p.raw ? 'alert', 'with', e.evidence -> 'with', 'score', e.evidence -> 'score',
                'evidence', e.evidence -> 'evidence', 'since', e.merged_at)
            order by p.board collate "C", p.external_id collate "C"), '[]')
     from posting p left join merge_event e on e.posting_id = p.id and e.job_id = job.id
     where p.job_id = job.id) as postings,
    (select coalesce(jsonb_agg(jsonb_build_object('job', case when d.job_id = job.id then d.other_job_id else d.job_id end, 'score', d.score,
                'decision', d.decision, 'decided_by', d.decided_by, 'evidence', d.evidence -> 'evidence') order by d.score desc), '[]')
     from possible_duplicate d where job.id in (d.job_id, d.other_job_id)) as doubts,
    (select coalesce(jsonb_agg(distinct jsonb_build_object('ruling', r.ruling, 'by', r.ruled_by, 'reason', r.reason, 'at', r.ruled_at)), '[]')
     from merge_ruling r join posting p on p.id in (r.posting_id, r.other_posting_id) where p.job_id = job.id) as rulings
from job
where job.id = %(job)s
