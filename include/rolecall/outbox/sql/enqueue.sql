insert into notification (dedupe_key, person_id, kind, type, recipient, subject, title, message, html, data, cc, bcc, attachments, fallback, state)
select dedupe_key, person_id, kind, type, recipient, subject, title, message, html, data, cc, bcc, attachments, fallback,
       case when held then 'held' else 'queued' end
from jsonb_to_recordset(%(rows)s) as draft (
    dedupe_key text, person_id text, kind text, type text, recipient text, subject text, title text, message text, html text, data jsonb,
    cc jsonb, bcc jsonb, attachments jsonb, fallback jsonb, held boolean
)
on conflict (dedupe_key) do nothing
