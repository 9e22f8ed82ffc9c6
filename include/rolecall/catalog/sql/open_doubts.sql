-- Jobs that may be one, with what both say.
select d.job_id, d.other_job_id, d.score, d.evidence -> 'evidence' as evidence, d.noted_at,
       one.title, one.company, one.location, other.title as other_title, other.company as other_company, other.location as other_location
from possible_duplicate d
join job one on one.id = d.job_id and one.merged_into is null
join job other on other.id = d.other_job_id and other.merged_into is null
where d.decision is null
order by d.score desc, d.job_id, d.other_job_id
limit %(limit)s
