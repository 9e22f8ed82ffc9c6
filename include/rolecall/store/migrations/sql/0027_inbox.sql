-- Answers by mail: mailboxes, what was kept of their mails, meetings, and the calendar that people subscribe to.

create table mailbox (
    id          uuid primary key default gen_random_uuid(),
    person_id   text        not null,
    host        text        not null check (host <> ''),
    port        int         not null check (port between 1 and 65535),
    username    text        not null check (username <> ''),
    secret      bytea       not null,                  -- app password, sealed with Airflow's Fernet key
    folder      text        not null default 'INBOX',
    job_alerts  boolean     not null default false,    -- mails of job alerts are kept, too
    since       timestamptz not null default now() - interval '12 months',
    uidvalidity bigint,                                -- of the folder as last read; another one: its UIDs are others
    last_uid    bigint      not null default 0,        -- everything up to it was read
    checked_at  timestamptz,
    created_at  timestamptz not null default now(),
    unique (person_id, host, username, folder)
);

create table mail (                                    -- what concerns an application; of other mails nothing is kept
    id             bigint generated always as identity primary key,
    person_id      text        not null,
    mailbox_id     uuid        references mailbox (id) on delete set null,    -- null: it was forwarded
    hash           text        not null,               -- of Message-ID, sender, subject and words: the same mail is one row
    message_id     text        not null default '',
    sent_at        timestamptz,
    sender         text        not null default '',
    sender_name    text        not null default '',
    subject        text        not null default '',
    body           text        not null default '',    -- the sender's own words, without quotes
    kind           text        not null,
    why            text        not null default '',
    sure           boolean     not null default true,
    suspicious     text        not null default '',    -- why the sender may be somebody else: it settles nothing
    application_id uuid        references application (id),
    candidates     text[]      not null default '{}',  -- which it may be: to be asked
    invitation     jsonb,
    effects        jsonb       not null default '{}',  -- what followed from it, so that it can be undone
    read_at        timestamptz not null default clock_timestamp(),
    corrected_at   timestamptz,
    corrected_by   text,
    unique (person_id, hash)
);
create index mail_application on mail (application_id);

create table interview (                               -- one meeting, over all its changes
    id             bigint generated always as identity primary key,
    person_id      text        not null,
    application_id uuid        not null references application (id),
    uid            text        not null,               -- the calendar's id; 'mail:<id>' where only a text asked for it
    sequence       int         not null default 0,
    status         text        not null check (status in ('planned', 'cancelled')),
    summary        text        not null default '',
    start_at       timestamptz,                        -- null: the zone or the time is not certain
    end_at         timestamptz,
    day            date,
    clock          time,
    zone           text        not null default '',
    link           text        not null default '',
    choose         boolean     not null default false, -- the link is for choosing a time
    place          text        not null default '',
    mail_id        bigint      not null references mail (id) on delete cascade,
    updated_at     timestamptz not null default clock_timestamp(),
    unique (person_id, uid)
);

create table calendar_feed (
    person_id    text primary key,
    token_sha256 text        not null unique,
    created_at   timestamptz not null default now()
);

-- What a mail settled is unclear again when a person says that it was another mail's: only where nothing but mails spoke for it. An
-- uncertain application is never sent again, so nothing is sent because of this.
insert into application_transition values ('submitted', 'uncertain'), ('refused', 'uncertain');

create function guard_unsettling() returns trigger language plpgsql as $$
begin
    if exists (select from settlement s where s.application_id = old.id and s.outcome = old.state and s.evidence <> 'mail')
       or not exists (select from settlement s where s.application_id = old.id and s.outcome = old.state and s.evidence = 'mail')
       or (select s.outcome || s.evidence from settlement s where s.application_id = old.id order by s.id desc limit 1)
          is distinct from 'unknownstatement' then
        raise exception 'application %: % stays, nothing but mails makes it unclear again', old.id, old.state using errcode = 'check_violation';
    end if;
    new.updated_at := clock_timestamp();
    return new;
end $$;
create trigger application_unsettled before update on application for each row
    when (old.state in ('submitted', 'refused') and new.state = 'uncertain') execute function guard_unsettling();

-- As in 0015, and: back to uncertain asks for what guard_unsettling does, not for evidence that it is.
create or replace function guard_application() returns trigger language plpgsql as $$
begin
    if new.idempotency_key <> old.idempotency_key or new.person_id <> old.person_id or new.job_key <> old.job_key then
        raise exception 'application %: person, job and idempotency key never change', old.id using errcode = 'check_violation';
    end if;
    new.content_hash := application_content_hash(new);
    if new.content_hash <> old.content_hash and old.state not in ('planned', 'approved', 'cancelled') then
        raise exception 'application %: what has left never changes', old.id using errcode = 'check_violation';
    end if;
    if new.state = old.state then
        return new;
    end if;
    if not exists (select from application_transition t where t.from_state = old.state and t.to_state = new.state) then
        raise exception 'application %: % -> % is not a transition', old.id, old.state, new.state using errcode = 'check_violation';
    end if;
    if old.state = 'submitting' and new.state = 'approved' and new.state_reason not like 'never sent:%' then
        raise exception 'application %: a request that may have left is never pending again', old.id using errcode = 'check_violation';
    end if;
    if (new.state = 'approved' and old.state = 'planned' or new.state = 'submitting')
       and (new.approval_required or new.approval_hash is not null) and new.approval_hash is distinct from new.content_hash then
        raise exception 'application %: the letter or the CV is not the one that was approved', old.id using errcode = 'check_violation';
    end if;
    if new.state = 'submitting' then
        perform lock_person(new.person_id);
        if exists (select from application_lock l
                   cross join lateral doubtful_siblings(new.person_id, l.job_key, new.id) sibling
                   where l.application_id = new.id and sibling.state in ('submitting', 'submitted', 'uncertain')) then
            raise exception 'application %: it may be a job that was applied for already', old.id using errcode = 'check_violation';
        end if;
        if exists (select from application_twins(new.person_id, new.id) twin
                   where twin.state in ('submitting', 'submitted', 'uncertain', 'refused')) then
            raise exception 'application %: it is a job that was applied for already', old.id using errcode = 'check_violation';
        end if;
    end if;
    if old.state in ('uncertain', 'refused') and new.state <> 'uncertain'
       and not exists (select from settlement s where s.application_id = old.id and s.outcome = new.state
                       and (old.state = 'uncertain' or s.evidence in ('answer', 'receipt', 'service_status', 'mail'))) then
        raise exception 'application %: % -> % needs evidence', old.id, old.state, new.state using errcode = 'check_violation';
    end if;
    new.updated_at := clock_timestamp();
    return new;
end $$;
