-- Reports of one provider, and what they mean. Matched by our own id where the provider carried it, else by the provider's.
-- How it ended is never undone by a report that comes late; what arrived is sent, also where its sender died before it knew.
with report as (
    select * from jsonb_to_recordset(%(reports)s)
        as r (event_id text, provider_id text, event text, notification_id uuid, reason text, verdict text)
), fresh as (
    insert into delivery_event (provider, event_id, provider_id, event, reason)
    select distinct on (event_id) %(provider)s, event_id, provider_id, event, reason from report
    on conflict do nothing
    returning event_id
), latest as (
    select distinct on (n.id) n.id, n.state as before, r.event, r.provider_id, r.reason, r.verdict
    from report r join fresh using (event_id)
    join notification n on n.id = r.notification_id or (r.notification_id is null and r.provider_id <> '' and n.provider_id = r.provider_id)
    order by n.id, r.verdict is null
), changed as (
    update notification n
    set delivery = l.event, provider_id = coalesce(n.provider_id, nullif(l.provider_id, '')), delivery_at = clock_timestamp(),
        state = case when l.verdict = 'failed' and l.before in ('sending', 'sent', 'uncertain') then 'failed'
                     when l.verdict = 'sent' and l.before in ('sending', 'uncertain') then 'sent' else n.state end,
        error = case when l.verdict = 'failed' then left('the provider reports ' || l.event || ' ' || l.reason, 1000)
                     when l.verdict = 'sent' then null else n.error end,
        sent_at = case when l.verdict = 'sent' then coalesce(n.sent_at, clock_timestamp()) else n.sent_at end
    from latest l
    where n.id = l.id
      and (l.verdict is not null or n.delivery is null
           or n.delivery not in ('delivered', 'read', 'undelivered', 'failed', 'canceled', 'bounce', 'dropped'))
    returning n.*, l.before, l.event, case when n.state <> l.before then n.state end as ended
), owed as (
    insert into outbox (topic, key, payload)
    select 'notification_status', name, jsonb_build_object('notificationId', name, 'status', ended, 'sentAt', sent_at)
    from (select case when dedupe_key like 'stream:%%' then substr(dedupe_key, 8) else id::text end as name, ended, sent_at
          from changed where ended is not null) as named
    on conflict (topic, key) do update
    set payload = excluded.payload, attempts = 0, next_at = now(), done_at = null, error = null
)
select * from changed
