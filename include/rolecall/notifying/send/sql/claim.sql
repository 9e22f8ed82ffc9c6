-- One due row of one channel for one sender. The claim is committed before the message leaves; past its lease the sender is dead.
-- A channel that says itself when a message begins to leave (e-mail) has not sent it before.
with due as (
    select id from notification
    where state = 'queued' and type = %(channel)s and next_at <= clock_timestamp() and not coalesce(is_erased(person_id), false)
    order by next_at
    for update skip locked
    limit 1
)
update notification n
set state = 'sending', attempts = attempts + 1, lease_until = clock_timestamp() + %(lease)s,
    left_at = case when %(leaves)s then clock_timestamp() end
from due
where n.id = due.id
returning n.*
