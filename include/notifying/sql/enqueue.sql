insert into notification (dedupe_key, person_id, kind, type, recipient, subject, title, message, html, data)
select dedupe_key, person_id, kind, type, recipient, subject, title, message, html, data
from jsonb_to_recordset(%(rows)s) as draft (
    dedupe_key text, person_id text, kind text, type text, recipient text, subject text, title text, message text, html text, data jsonb
)
on conflict (dedupe_key) do nothing
