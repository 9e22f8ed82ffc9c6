-- Everybody under the keys that something happened to. A description is hashed only where there is another to compare it with.
select id, board, external_id, title, merge_key, job_id,
       case when count(*) over (partition by merge_key) > 1
            and array_length(regexp_split_to_array(btrim(left(description, 200)), '\s+'), 1) >= %(least_words)s
            then md5(left(description, %(max_text)s)) end as text
from posting
where merge_key = any(%(keys)s)
