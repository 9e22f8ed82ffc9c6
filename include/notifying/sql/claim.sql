-- One due row of one channel for one sender, and the channel's next slot, so that all senders together keep its pace:
-- after a short burst, one every gap.
-- The claim is committed before the message leaves; past its lease the sender is dead.
with due as (
    select id from notification
    where state = 'queued' and type = %(channel)s and next_at <= clock_timestamp()
    order by next_at
    for update skip locked
    limit 1
), slot as (
    insert into send_pace as pace (channel, next_at)
    select %(channel)s, clock_timestamp() + %(gap)s from due
    on conflict (channel) do update set next_at = greatest(pace.next_at, clock_timestamp()) + %(gap)s
    returning greatest(next_at - %(gap)s - %(burst)s, clock_timestamp()) as begins
)
update notification n
set state = 'sending', attempts = attempts + 1, lease_until = slot.begins + %(lease)s
from due, slot
where n.id = due.id
returning n.*, greatest(extract(epoch from slot.begins - clock_timestamp()), 0)::float as slot_in
