-- The page: who comes in, and what people decide there.

-- ── who comes in ────────────────────────────────────────────────────────────────────────────────────────────

create table page_password (
    person_id     text        primary key references person (id) on delete cascade,
    password_hash text        not null,                -- argon2id
    set_at        timestamptz not null default now()
);

create table page_login (                              -- one-time links; only the hash of what stands in the link is kept
    token_sha256 text        primary key,
    person_id    text        references person (id) on delete cascade,     -- null: nobody's own, an operator's
    operator     boolean     not null default false,   -- sees every person's page, and the flow
    made_at      timestamptz not null default clock_timestamp(),
    expires_at   timestamptz not null,
    used_at      timestamptz,
    check (operator or person_id is not null)
);
create index page_login_person on page_login (person_id);

create table page_session (
    id           uuid        primary key default gen_random_uuid(),
    token_sha256 text        not null unique,
    person_id    text        references person (id) on delete cascade,     -- whose page is shown
    operator     boolean     not null default false,
    device       text        not null default '',
    made_at      timestamptz not null default clock_timestamp(),
    seen_at      timestamptz not null default clock_timestamp(),
    expires_at   timestamptz not null,
    check (operator or person_id is not null)
);
create index page_session_person on page_session (person_id);

create table page_attempt (                            -- how often somebody tried to come in lately, by hashed name and address
    key          text        primary key,
    window_start timestamptz not null,
    tries        int         not null
);

-- ── what people say about jobs ──────────────────────────────────────────────────────────────────────────────

create table job_mark (
    person_id text        not null,
    job_id    text        not null references job (id),
    mark      text        not null check (mark in ('saved', 'hidden')),
    reason    text        not null default '',
    marked_at timestamptz not null default now(),
    primary key (person_id, job_id)
);
create trigger about_nobody_erased before insert on job_mark for each row execute function nothing_about_the_erased();

create index job_newest on job (created_at desc, id desc) where merged_into is null;
create index job_words on job using gin (to_tsvector('simple', title || ' ' || company || ' ' || location)) where merged_into is null;
create index match_of_person on match (person_id, score desc);
create index match_of_job on match (job_id, person_id);
create index held_back_job on held_back (person_id, job_id, noted_at desc);

-- ── letters that a person edited, and a yes that is sent without a run asking again ─────────────────────────

alter table application add column letter_edited_at timestamptz;   -- the person's own wording: no later run replaces it

create table letter_edit (                             -- append-only: what the person wrote, and what they said is true although no CV says it
    id             bigint      generated always as identity primary key,
    application_id uuid        not null references application (id),
    letter         text        not null,
    confirmed      jsonb       not null default '[]',
    edited_by      text        not null,
    edited_at      timestamptz not null default clock_timestamp()
);
create index letter_edit_application on letter_edit (application_id);
create index approval_application on approval (application_id, asked_at desc);

alter table apply_request
    drop constraint apply_request_origin_check,
    add constraint apply_request_origin_check check (origin in ('dispatch', 'webhook', 'rest', 'page')),
    add column start_at timestamptz;                   -- not before: a yes may be taken back until then
