-- Matches nobody told these people about, the best first; a job that matches two CVs of one person is one.
select * from (
    select distinct on (m.person_id, m.source, m.job_id)
        m.person_id, m.source, m.job_id, m.score, m.title, m.company, coalesce(j.url, '') as url
    from good_match m
    left join job j on j.id = m.job_id
    where m.person_id = any (%(persons)s)
      and m.gone_at is null and not m.already_applied and (j.id is null or j.state not in ('quarantined', 'closed'))
      and not exists (select from told_match t where (t.person_id, t.source, t.job_id) = (m.person_id, m.source, m.job_id))
      and not exists (select from application_lock l where l.person_id = m.person_id and l.job_key = coalesce(j.merged_into, m.job_id))
    order by m.person_id, m.source, m.job_id, m.score desc
) as untold
order by score desc, title, job_id
