-- Notes what was read: if a posting lands anew while this runs, its content hash differs again and it is looked at again.
with read as (
    select * from unnest(%(ids)s::bigint[], %(keys)s::text[], %(hashes)s::text[], %(texts)s::text[], %(numbers)s::text[])
        as r (id, merge_key, content_hash, text_hash, requisition)
), locked as (                                  -- in the order in which landing locks
    select p.id from posting p join read using (id) order by p.board collate "C", p.external_id collate "C" for no key update of p
)
update posting p
set merge_key = read.merge_key, aggregated_hash = read.content_hash, text_hash = read.text_hash, requisition = read.requisition
from read join locked using (id)
where p.id = read.id
  and (p.merge_key, p.aggregated_hash, p.text_hash, p.requisition)
      is distinct from (read.merge_key, read.content_hash, read.text_hash, read.requisition)
