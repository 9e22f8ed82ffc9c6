-- Every posting of the families that something happened to, without its text.
select id, board, external_id, left(title, 1000) as title, left(company, 500) as company, left(location, 300) as location, city, region, country,
       remote, posted_at, employment_type, salary_min, salary_max, salary_currency, salary_interval, left(apply_url, 2000) as apply_url,
       coalesce(text_hash, '') as text, coalesce(requisition, '') as requisition, job_id
from posting
where id = any(%(ids)s)
