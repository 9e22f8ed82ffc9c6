-- Postings whose content is not in the catalog yet, oldest first, after a given id.
select id, board, external_id, title, left(company, 500) as company, left(location, 300) as location, city, region, country, remote,
       content_hash, merge_key
from posting
where id > %(after)s and (%(full)s or aggregated_hash is distinct from content_hash)
order by id
limit %(limit)s
