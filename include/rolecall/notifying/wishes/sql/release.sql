-- The decisions about held rows, and the status owed for those that were cancelled. What a summary was to tell shares its fate.
with decision as (
    select * from jsonb_to_recordset(%(decisions)s) as d (id uuid, state text, next_at timestamptz, error text)
), changed as (
    update notification n set state = d.state, next_at = d.next_at, error = coalesce(d.error, n.error)
    from decision d where n.id = d.id and n.state = 'held'
    returning n.id, n.state
), members as (
    update notification n set state = 'cancelled', error = 'the summary was cancelled'
    from changed c where n.digest_id = c.id and c.state = 'cancelled'
    returning n.id
), owed as (
    insert into outbox (topic, key, payload)
    select 'notification_status', id::text, jsonb_build_object('notificationId', id, 'status', 'cancelled', 'sentAt', null)
    from (select id from changed where state = 'cancelled' union all select id from members) as cancelled
    on conflict (topic, key) do nothing
)
select count(*) as n from changed
