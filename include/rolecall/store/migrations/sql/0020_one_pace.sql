-- One pace for hosts, platforms and channels.

alter table pace add column held_until timestamptz;    -- before it no slot begins: the other side asked for it
insert into pace (key, window_start, used, held_until, reserved_at) select 'channel:' || channel, next_at, 1, next_at, noted_at from send_pace;
drop table send_pace;
