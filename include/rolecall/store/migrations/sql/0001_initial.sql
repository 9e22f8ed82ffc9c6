-- Rolecall's database. Constraints and triggers carry the invariants, so that no caller can break them.
-- Ids of people, CVs and jobs are text: another platform's ids fit, and ours never depend on insertion order.

-- ── landing: what a board answered, before anyone interprets it ──────────────────────────────────────────────

create table board_answer (
    id           bigint generated always as identity primary key,
    board        text        not null,
    url          text        not null,
    search       text        not null default '',      -- SearchQuery.key; '' for a detail page
    fetched_at   timestamptz not null,
    status       int         not null,                 -- HTTP status
    sha256       text        not null,                 -- of the uncompressed body
    body         bytea       not null,                 -- zlib
    outcome      text,                                 -- ok | EmptyResult | LayoutChanged | LoginWall | …
    etag         text,                                 -- asked again with If-None-Match
    last_modified text,                                -- asked again with If-Modified-Since
    unique (board, url, sha256)                        -- the same answer again is the same row
);

create table posting (
    id              bigint generated always as identity primary key,
    board           text        not null check (board <> ''),
    external_id     text        not null check (external_id <> ''),
    url             text        not null,
    title           text        not null,
    company         text        not null default '',
    location        text        not null default '',   -- as the board writes it
    city            text,
    region          text,
    country         text,
    remote          text        check (remote in ('remote', 'hybrid', 'onsite')),
    posted_at       timestamptz,
    description     text,                              -- plain text
    description_html text,                             -- sanitised
    employment_type text,
    seniority       text,
    salary_min      numeric,
    salary_max      numeric,
    salary_currency text,
    salary_interval text        check (salary_interval in ('hour', 'day', 'week', 'month', 'year')),
    apply_url       text,
    apply_kind      text,
    expired         boolean     not null default false,
    raw             jsonb       not null,
    content_hash    text        not null,              -- of the fields above; equal hash, nothing to do downstream
    door            text        not null default 'scrape' check (door in ('scrape', 'bulk')),
    first_seen_at   timestamptz not null default now(),
    last_seen_at    timestamptz not null default now(),
    changed_at      timestamptz not null default now(),
    detailed_at     timestamptz,                       -- when the detail page was read; null: only the card was
    delivered_at    timestamptz,                       -- when the bulk POST of this content was answered 201
    deliver_lease   timestamptz,                       -- while a deliver run sends it; past it, that run is dead
    merge_key       text,                              -- normalised title, company, place, as last aggregated
    job_id          text,                              -- set by aggregate_jobs
    aggregated_hash text,                              -- content_hash when last aggregated
    unique (board, external_id)
);
create index posting_to_aggregate on posting (id) where aggregated_hash is distinct from content_hash;
create index posting_to_deliver   on posting (board, id) where delivered_at is null;
create index posting_job          on posting (job_id);
create index posting_merge_key    on posting (merge_key) where merge_key is not null;

create table reject (                                  -- one bad card: its reason and its raw text, nothing lost
    id          bigint generated always as identity primary key,
    board       text        not null,
    url         text        not null default '',
    reason      text        not null,
    raw         text        not null,
    sha256      text        not null,
    rejected_at timestamptz not null default now(),
    unique (board, sha256)
);

create table board_run (                               -- one row a mapped scrape task: what it saw, by name
    run_id      text        not null,
    board       text        not null,
    search      text        not null,
    outcome     text        not null,
    cards       int         not null default 0,
    landed      int         not null default 0,
    changed     int         not null default 0,
    rejected    int         not null default 0,
    requests    int         not null default 0,
    fill        jsonb       not null default '{}',     -- field -> share of the cards that had it, 0 to 1
    error       text,
    finished_at timestamptz not null default now(),
    primary key (run_id, board, search)
);

create table pace (                                    -- one row a host or platform: the next free slot, for all workers
    key          text primary key,
    window_start timestamptz not null,
    used         int         not null check (used >= 0)
);

create table robots (                                  -- robots.txt per origin, cached
    origin     text primary key,
    status     int,                                    -- null: no answer (denies)
    body       text        not null default '',
    fetched_at timestamptz not null
);

-- ── catalog: one job is one job ─────────────────────────────────────────────────────────────────────────────

create table job (
    id              text primary key,                  -- 'j' + 16 hex of its first posting's (board, external_id)
    merged_into     text references job (id),          -- kept for ever: an old id still leads to the job
    merge_key       text        not null,              -- normalised company, title, place
    title           text        not null,
    company         text        not null,
    location        text        not null default '',
    city            text,
    region          text,
    country         text,
    remote          text,
    posted_at       timestamptz,
    description     text,
    employment_type text,
    seniority       text,
    salary_min      numeric,
    salary_max      numeric,
    salary_currency text,
    salary_interval text,
    url             text        not null,
    apply_url       text,
    apply_kind      text,
    source          text        not null,              -- board of the posting an application goes through
    content_hash    text        not null,
    state           text        not null default 'new' check (state in ('new', 'valid', 'warned', 'quarantined', 'closed')),
    validated_hash  text,                              -- content_hash when last validated
    created_at      timestamptz not null default now(),
    changed_at      timestamptz not null default now()
);
create index job_merge_key on job (merge_key) where merged_into is null;
create index job_to_validate on job (id) where merged_into is null and validated_hash is distinct from content_hash;
alter table posting add foreign key (job_id) references job (id);

create view job_source as                              -- which boards say so
    select p.job_id, p.id as posting_id, p.board, p.external_id, p.url, p.first_seen_at, p.last_seen_at, p.expired
    from posting p where p.job_id is not null;

create table merge_event (                             -- why postings are one job; append-only
    id         bigint generated always as identity primary key,
    job_id     text        not null references job (id),
    posting_id bigint      not null references posting (id),
    evidence   jsonb       not null,
    merged_at  timestamptz not null default now(),
    unique (job_id, posting_id)
);

create table quarantine (
    job_id         text        not null references job (id),
    rule           text        not null,
    severity       text        not null check (severity in ('warning', 'error')),
    reason         text        not null,
    fix            text        not null,
    quarantined_at timestamptz not null default now(),
    primary key (job_id, rule)
);

-- ── people ──────────────────────────────────────────────────────────────────────────────────────────────────

create table person (
    id           text primary key,
    name         text        not null,
    email        text        not null,
    phone        text,
    token_sha256 text unique,                          -- the person's own bearer for their CV; never the token
    preferences  jsonb       not null default '{}',
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

create table cv (
    id         text primary key,
    person_id  text        not null references person (id) on delete cascade,
    data       jsonb       not null,                   -- models.Cv
    sha256     text        not null,
    updated_at timestamptz not null default now()
);

create table document (                                -- content-addressed: a CV as served, an answer, a letter; tasks pass the hash
    sha256     text primary key,
    kind       text        not null,
    body       jsonb       not null,
    created_at timestamptz not null default now()
);

create table match (
    person_id       text        not null,
    cv_id           text        not null,
    source          text        not null,              -- platform the job is on
    job_id          text        not null,
    score           double precision not null check (score between 0 and 1),
    can_auto_apply  boolean     not null,
    already_applied boolean     not null,
    title           text        not null,
    company         text        not null,
    reasons         jsonb       not null default '[]',
    recommendations jsonb       not null default '[]',
    letter          text,
    engine          text        not null default '',
    matched_at      timestamptz not null default now(),
    request_id      uuid,                              -- the apply_request that took it; null: not dispatched
    primary key (person_id, cv_id, source, job_id)
);
create index match_to_dispatch on match (person_id) where request_id is null;

-- ── applying ────────────────────────────────────────────────────────────────────────────────────────────────

create table apply_request (                           -- one request becomes one auto_apply run
    id           uuid primary key default gen_random_uuid(),
    person_id    text        not null,
    cv_id        text        not null,
    person_email text        not null,
    criteria     jsonb       not null default '{}',
    origin       text        not null check (origin in ('dispatch', 'webhook', 'rest')),
    state        text        not null default 'queued' check (state in ('queued', 'triggered', 'done')),
    requested_at timestamptz not null default now(),
    triggered_at timestamptz
);
create unique index apply_request_one_open on apply_request (person_id, cv_id) where state = 'queued' and origin = 'dispatch';
alter table match add foreign key (request_id) references apply_request (id) on delete set null;

-- Wakes dispatch_auto_apply at the commit; whoever misses it polls.
create function wake_dispatcher() returns trigger language plpgsql as $$
begin
    notify rolecall_apply;
    return null;
end $$;
create trigger match_wakes_dispatcher after insert or update on match for each statement execute function wake_dispatcher();
create trigger request_wakes_dispatcher after insert on apply_request for each statement execute function wake_dispatcher();

create table application (
    id              uuid primary key default gen_random_uuid(),
    person_id       text        not null,
    job_key         text        not null,              -- canonical job id, or 'source:id' for a job only an external service knows
    job_id          text        not null,              -- as the AI service names it; sent back unchanged
    source          text        not null,              -- platform
    apply_url       text,                              -- the employer's address for it, where we know it: locked like the job
    cv_id           text        not null,
    cv_sha256       text        not null,
    person_email    text        not null,
    title           text        not null,
    company         text        not null,
    score           double precision not null,
    letter          text,
    state           text        not null default 'planned'
                    check (state in ('planned', 'approved', 'submitting', 'submitted', 'refused', 'uncertain', 'cancelled')),
    state_reason    text        not null default '',   -- why the last transition happened, in words a person reads
    idempotency_key text        not null unique,       -- stored, never derived again
    attempts        int         not null default 0,
    lease_until     timestamptz,                       -- while submitting: past it, the sender is dead and the row is uncertain
    run_id          text        not null,
    answer          jsonb,                             -- what the service said, as it said it
    receipt         text,
    employer_status text,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    submitted_at    timestamptz,
    constraint one_application_per_person_and_job unique (person_id, job_key)
);
create index application_open on application (state, lease_until) where state in ('planned', 'approved', 'submitting', 'uncertain');
create index application_run on application (run_id);

create table application_lock (                        -- survives merges: every id a job ever had is locked
    person_id      text not null,
    job_key        text not null,
    application_id uuid not null references application (id) deferrable initially deferred,
    primary key (person_id, job_key)
);

create table application_event (                       -- append-only history of every transition
    id             bigint generated always as identity primary key,
    application_id uuid        not null references application (id),
    from_state     text,
    to_state       text        not null,
    reason         text        not null,
    at             timestamptz not null default clock_timestamp()
);

-- Which transition may happen. Back from 'submitting' leads only one way: the request is known never to have been sent.
create table application_transition (from_state text, to_state text, primary key (from_state, to_state));
insert into application_transition values
    ('planned', 'approved'), ('planned', 'cancelled'), ('planned', 'refused'),
    ('approved', 'submitting'), ('approved', 'cancelled'),
    ('submitting', 'submitted'), ('submitting', 'refused'), ('submitting', 'uncertain'),
    ('submitting', 'approved'),                        -- never sent, or 429: see guard below
    ('uncertain', 'submitted'), ('uncertain', 'refused');

create function guard_application() returns trigger language plpgsql as $$
begin
    if new.idempotency_key <> old.idempotency_key or new.person_id <> old.person_id or new.job_key <> old.job_key then
        raise exception 'application %: person, job and idempotency key never change', old.id using errcode = 'check_violation';
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
    new.updated_at := clock_timestamp();
    return new;
end $$;
create trigger application_guard before update on application for each row execute function guard_application();

-- The locks are taken first: the job, and the address the application goes to, which two postings of one job share even where
-- nobody noticed that they are one. Whoever finds a lock taken (also under an id the job had before a merge) inserts nothing.
-- The job row is share-locked: a merge under way is waited for, and one that comes later finds these locks and copies them.
create function lock_application() returns trigger language plpgsql as $$
declare
    canonical text;
begin
    select coalesce(job.merged_into, job.id) into canonical from job where job.id = new.job_key for share;
    canonical := coalesce(canonical, new.job_key);
    insert into application_lock values (new.person_id, canonical, new.id) on conflict do nothing;
    if not found then
        return null;
    end if;
    if canonical <> new.job_key then
        insert into application_lock values (new.person_id, new.job_key, new.id) on conflict do nothing;
    end if;
    if new.apply_url is not null then
        insert into application_lock values (new.person_id, 'apply:' || new.apply_url, new.id) on conflict do nothing;
        if not found then
            delete from application_lock where application_id = new.id;
            return null;
        end if;
    end if;
    return new;
end $$;
create trigger application_lock_first before insert on application for each row execute function lock_application();

create function log_application() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into application_event (application_id, from_state, to_state, reason) values (new.id, null, new.state, new.state_reason);
    elsif new.state <> old.state then
        insert into application_event (application_id, from_state, to_state, reason) values (new.id, old.state, new.state, new.state_reason);
    end if;
    return null;
end $$;
create trigger application_log after insert or update on application for each row execute function log_application();

create function append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'check_violation';
end $$;
create trigger application_event_append_only before update or delete on application_event for each row execute function append_only();
create trigger application_never_deleted before delete on application for each row execute function append_only();

create table submission (                              -- the bundled AI service's side of POST /api/auto-apply: same key, same answer
    key         text primary key,
    platform    text        not null,
    job_id      text        not null,
    cv_id       text        not null,
    body_sha256 text        not null,                  -- another body under the same key is refused
    state       text        not null check (state in ('forwarding', 'submitted', 'refused', 'uncertain')),
    answer      jsonb,
    lease_until timestamptz not null,                  -- while forwarding: past it, the process that forwarded is dead
    created_at  timestamptz not null default now(),
    settled_at  timestamptz
);
create index submission_cv on submission (cv_id);

create table application_record (                      -- the platform API's own resource, POST /api/v1/applications
    id           text primary key default 'a' || replace(gen_random_uuid()::text, '-', ''),
    user_id      text        not null,
    job_id       text        not null,
    cv_id        text        not null,
    status       text        not null,
    auto_applied boolean     not null default false,
    applied_at   timestamptz not null,
    updated_at   timestamptz not null default now(),
    unique (user_id, job_id)
);

-- ── telling people: outbox rows are written in the transaction of the fact ──────────────────────────────────────

create table outbox (                                  -- calls owed to the platform API
    id         bigint generated always as identity primary key,
    topic      text        not null check (topic in ('record_application', 'notification_status')),
    key        text        not null,
    payload    jsonb       not null,
    attempts   int         not null default 0,
    next_at    timestamptz not null default now(),
    error      text,
    done_at    timestamptz,
    created_at timestamptz not null default now(),
    unique (topic, key)
);
create index outbox_due on outbox (next_at) where done_at is null;

create table notification (
    id          uuid primary key default gen_random_uuid(),
    dedupe_key  text        not null unique,           -- what it is about: the same fact never notifies twice
    person_id   text,
    kind        text        not null,                  -- applied | uncertain | scraped | alert | …
    type        text        not null,                  -- email | sms | push | slack
    recipient   text        not null,                  -- address, number, user id or #channel
    subject     text        not null default '',
    title       text        not null default '',
    message     text        not null,
    html        text,
    data        jsonb       not null default '{}',
    state       text        not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'uncertain')),
    attempts    int         not null default 0,
    next_at     timestamptz not null default now(),
    lease_until timestamptz,
    provider_id text,
    error       text,
    created_at  timestamptz not null default now(),
    sent_at     timestamptz
);
create index notification_due on notification (next_at) where state in ('queued', 'sending');

create table notification_record (                     -- the platform API's own view, PATCH /api/v1/notifications/{id}/status
    id         text primary key,
    status     text        not null,
    sent_at    timestamptz,
    updated_at timestamptz not null default now()
);

create table audit (                                   -- append-only: who did what to whom
    id      bigint generated always as identity primary key,
    at      timestamptz not null default clock_timestamp(),
    actor   text        not null,
    action  text        not null,
    subject text        not null,
    detail  jsonb       not null default '{}'
);
create trigger audit_append_only before update or delete on audit for each row execute function append_only();
