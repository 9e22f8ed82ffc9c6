-- A person's best match that is still open, with its reasons.
select m.score, m.reasons, m.title, m.company, m.job_id, job.id is not null as known
from match m left join job on job.id = m.job_id
where m.person_id = %(person)s and m.gone_at is null and job.state is distinct from 'closed' and job.merged_into is null
order by m.score desc, m.job_id limit 1
