-- Notifying: preferences, digests, delivery statuses.

alter table notification
    add column cc          jsonb not null default '[]',   -- further addresses of an e-mail
    add column bcc         jsonb not null default '[]',
    add column attachments jsonb not null default '[]',   -- {filename, type, text | content}
    add column fallback    jsonb not null default '{}',   -- address by further channel, for when this one cannot deliver
    add column digest_id   uuid references notification (id),  -- the summary this one went out in
    add column left_at     timestamptz,                   -- when its current attempt began to leave; null: provably not yet
    add column delivery    text,                          -- what the provider said later: delivered, bounced, undelivered, …
    add column delivery_at timestamptz,
    drop constraint notification_state_check,
    add constraint notification_state_check
        check (state in ('held', 'queued', 'sending', 'sent', 'failed', 'uncertain', 'cancelled'));
-- held: waits for quiet hours to end, a new day or the next summary; cancelled: the person does not want this kind any more
drop index notification_due;
create index notification_due on notification (type, next_at) where state = 'queued';
create index notification_sending on notification (lease_until) where state = 'sending';
create index notification_held on notification (next_at) where state = 'held';
create index notification_person on notification (person_id, sent_at) where person_id is not null;
create index notification_provider on notification (provider_id) where provider_id is not null;
create index notification_digest on notification (digest_id) where digest_id is not null;

create table delivery_event (                           -- what providers reported about messages they had taken; append-only
    id          bigint generated always as identity primary key,
    provider    text        not null check (provider in ('twilio', 'sendgrid')),
    event_id    text        not null,                     -- the same report twice is one
    provider_id text        not null,
    event       text        not null,
    reason      text        not null default '',
    at          timestamptz not null default clock_timestamp(),
    unique (provider, event_id)
);
create trigger delivery_event_append_only before update or delete on delivery_event for each row execute function append_only();

create index delivery_event_message on delivery_event (provider_id);

create table message_stop (                             -- kinds a person stopped by a click; no synchronisation brings them back
    person_id  text        not null,
    kind       text        not null,
    stopped_at timestamptz not null default now(),
    primary key (person_id, kind)
);

create table digest_schedule (                          -- when a person's next summary is due
    person_id text primary key,
    next_at   timestamptz not null
);

create table told_match (                               -- matches a person was told about; a match is told once
    person_id text        not null,
    source    text        not null,
    job_id    text        not null,
    told_at   timestamptz not null default now(),
    primary key (person_id, source, job_id)
);

create table send_pace (                                -- when a channel's next message may leave: one pace over all workers
    channel text primary key,
    next_at timestamptz not null
);
