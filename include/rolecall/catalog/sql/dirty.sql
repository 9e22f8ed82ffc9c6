-- Postings whose content is not in the catalog yet, oldest first, after a given id, with what people ruled about them.
select p.id, board, external_id, left(title, 1000) as title, left(company, 500) as company, left(location, 300) as location, city, region,
       country, remote, posted_at, employment_type, salary_min, salary_max, salary_currency, salary_interval, left(apply_url, 2000) as apply_url,
       left(description, %(max_text)s) as description, content_hash,
       array(select least(r.posting_id, r.other_posting_id) || ' ' || greatest(r.posting_id, r.other_posting_id)
             from merge_ruling r where r.ruling = 'same' and p.id in (r.posting_id, r.other_posting_id)) as ruled
from posting p
where p.id > %(after)s and (%(full)s or aggregated_hash is distinct from content_hash)
order by p.id
limit %(limit)s
