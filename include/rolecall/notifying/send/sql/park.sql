-- Senders that died in the middle. What had not begun to leave, or may be sent twice, goes back to the queue; the rest is uncertain
-- and stays unsent.
with dead as (
    select id from notification where state = 'sending' and lease_until < clock_timestamp() for update skip locked
), parked as (
    update notification n
    set state = case when n.left_at is null then 'queued'
                     when (n.kind = any (%(resent)s) or n.type = any (%(idempotent)s)) and n.attempts < %(resends)s
                     then 'queued' else 'uncertain' end,
        error = case when n.left_at is null then 'the sender died before the message left'
                     else 'the sender died after the message may have left' end, lease_until = null, next_at = clock_timestamp()
    from dead
    where n.id = dead.id
    returning n.id, n.dedupe_key, n.state
), members as (
    update notification n set state = 'uncertain', error = 'the sender died after the summary may have left'
    from parked p where n.digest_id = p.id and p.state = 'uncertain'
    returning n.id, n.dedupe_key, n.state
), named as (
    select case when dedupe_key like 'stream:%%' then substr(dedupe_key, 8) else id::text end as name, state
    from (select * from parked union all select * from members) as done where state = 'uncertain'
), owed as (
    insert into outbox (topic, key, payload)
    select 'notification_status', name, jsonb_build_object('notificationId', name, 'status', state, 'sentAt', null) from named
    on conflict (topic, key) do update
    set payload = excluded.payload, attempts = 0, next_at = now(), done_at = null, error = null
)
select state, count(*) as n from parked group by state
