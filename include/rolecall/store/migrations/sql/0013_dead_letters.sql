-- Rows that cannot be processed: put aside with their reason, so that nobody else waits for them.

create table dead_letter (
    queue     text        not null,                    -- what could not go on: preferences, apply_request, stream, …
    key       text        not null,                    -- the row's identity in that queue
    person_id text,                                    -- whose it is, where it is somebody's
    reason    text        not null,
    payload   jsonb,                                   -- the row itself, where it is kept nowhere else
    times     int         not null default 1,
    first_at  timestamptz not null default clock_timestamp(),
    last_at   timestamptz not null default clock_timestamp(),
    primary key (queue, key)
);
create index dead_letter_person on dead_letter (person_id) where person_id is not null;
