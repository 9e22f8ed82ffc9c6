-- Open jobs that fit a person and that no machine applies for, best first; not those that they applied for, hid, or said no to.
select distinct on (m.score, job.id) job.id, job.title, job.company, job.location, job.url, job.apply_url, job.state, job.risk, m.score, m.source
from match m
join job on job.id = m.job_id and job.merged_into is null and job.state = 'valid'
where m.person_id = %(person)s and m.gone_at is null and m.score >= %(threshold)s and not m.can_auto_apply and not m.already_applied
  and not exists (select from application_lock l where l.person_id = m.person_id and l.job_key = job.id)
  and not exists (select from job_mark mark where mark.person_id = m.person_id and mark.job_id = job.id and mark.mark = 'hidden')
order by m.score desc, job.id
limit %(limit)s
