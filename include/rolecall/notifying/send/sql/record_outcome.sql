-- What became of one attempt, and the status owed to the platform, in one transaction. The attempt's number fences off a sender
-- that was thought dead; what it knows for certain still settles a row that was parked as uncertain meanwhile.
-- What a summary told shares its fate.
with settled as (
    update notification
    set state = %(state)s, error = %(error)s, provider_id = coalesce(%(provider_id)s, provider_id), lease_until = null,
        sent_at = case when %(state)s = 'sent' then clock_timestamp() end,
        next_at = clock_timestamp() + %(wait)s,
        delivery = (select event from delivery_event where provider_id = %(provider_id)s order by id desc limit 1)  -- a quick report
    where id = %(id)s and attempts = %(attempts)s
      and (state = 'sending' or (state = 'uncertain' and %(state)s in ('sent', 'failed')))
    returning id, dedupe_key, state, sent_at
), members as (
    update notification n set state = s.state, sent_at = s.sent_at, error = %(error)s
    from settled s where n.digest_id = s.id and s.state not in ('queued', 'held')
    returning n.id, n.dedupe_key, n.state, n.sent_at
), named as (
    select case when dedupe_key like 'stream:%%' then substr(dedupe_key, 8) else id::text end as name, state, sent_at
    from (select * from settled union all select * from members) as done where state not in ('queued', 'held')
), owed as (
    insert into outbox (topic, key, payload)
    select 'notification_status', name, jsonb_build_object('notificationId', name, 'status', state, 'sentAt', sent_at) from named
    on conflict (topic, key) do update
    set payload = excluded.payload, attempts = 0, next_at = now(), done_at = null, error = null
)
select state from settled
