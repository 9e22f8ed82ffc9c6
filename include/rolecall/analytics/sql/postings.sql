-- What facts are read from.
select id as posting_id, changed_at as known_at, md5(content_hash)::uuid as content, board, first_seen_at,
       figures.own_job(board, external_id) as own_job_id,
       posted_at, left(title, 1000) as title, left(description, %(max_text)s) as description, left(location, 300) as location,
       city, region, country, remote, salary_min, salary_max, salary_currency, salary_interval
from posting where id = any(%(ids)s)
order by id
