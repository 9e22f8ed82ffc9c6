-- Postings whose wording is not among the facts.
select p.id
from posting p
left join figures.posting f on f.posting_id = p.id and f.content = md5(p.content_hash)::uuid
where f.posting_id is null
order by p.id
