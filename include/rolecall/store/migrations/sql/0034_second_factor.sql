-- The page: a second step of logging in, for who wants one.

-- A link whose first step is done: with a code it opens a session.
alter table page_login add column code_missing boolean not null default false;

create table page_totp (                               -- one-time codes of an app (RFC 6238)
    person_id    text        primary key references person (id) on delete cascade,
    secret       bytea       not null,                 -- sealed: it makes every code
    made_at      timestamptz not null default clock_timestamp(),
    confirmed_at timestamptz,                          -- null: shown, and no code of it was given yet
    last_step    bigint      not null default 0        -- a code counts once
);

create table page_recovery (                           -- codes on paper, for who lost the app; only hashes are kept
    person_id    text        not null references person (id) on delete cascade,
    token_sha256 text        not null,
    used_at      timestamptz,
    primary key (person_id, token_sha256)
);

select guard_rows('page_totp', 'person_id = own_person()');
select guard_rows('page_recovery', 'person_id = own_person()');
