-- The keys of the read postings: what no longer holds goes, what is new comes.
with gone as (
    delete from posting_key k
    where k.posting_id = any(%(ids)s)
      and not exists (select from fresh_key f where f.key = k.key and f.posting_id = k.posting_id)
)
insert into posting_key (key, posting_id) select key, posting_id from fresh_key on conflict do nothing
