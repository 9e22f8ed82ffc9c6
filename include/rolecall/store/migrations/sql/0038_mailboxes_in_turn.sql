-- A mailbox that cannot be read has its turn like the others, and not before them.

alter table mailbox add column tried_at timestamptz;    -- last try, whatever came of it; checked_at: last that was read to its end
update mailbox set tried_at = checked_at;
