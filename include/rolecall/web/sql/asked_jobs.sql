-- What a list of jobs is asked for: of `job`, with the person's `mark` beside it. Part of all_jobs.sql and matched_jobs.sql.
-- Place and employer are looked at in what the words' index found; as sub-selects, so that nobody takes them for rarer than those words.
job.merged_into is null and (%(closed)s or job.state <> 'closed') and (not %(held)s or job.state = 'quarantined')
  and (%(marked)s = '' and mark.mark is distinct from 'hidden' or mark.mark = %(marked)s)
  and (%(words)s::text is null
       or to_tsvector('simple', job.title || ' ' || job.company || ' ' || job.location) @@ to_tsquery('simple', %(words)s::text))
  and (%(places)s::text is null or (select to_tsvector('simple', job.location) @@ to_tsquery('simple', %(places)s::text)))
  and (%(employers)s::text is null or (select to_tsvector('simple', job.company) @@ to_tsquery('simple', %(employers)s::text)))
  and (%(board)s = '' or (select true from posting p where p.job_id = job.id and p.board = %(board)s limit 1))  -- a look a job, not all postings
  and (%(remote)s = '' or job.remote = %(remote)s)
  and (%(days)s::int is null or job.created_at > now() - %(days)s::int * interval '1 day')
  and (%(salary)s::numeric is null or coalesce(job.salary_max, job.salary_min) * case job.salary_interval
       when 'hour' then 2080 when 'day' then 260 when 'week' then 52 when 'month' then 12 else 1 end >= %(salary)s::numeric)
