-- Applying: webhook requests, approvals, settling, follow-up.

-- ── requests ────────────────────────────────────────────────────────────────────────────────────────────────

alter table apply_request
    add column user_token       bytea,                 -- the person's own token, sealed (Fernet); never in a conf
    add column token_expires_at timestamptz,
    add column done_at          timestamptz,
    add column merged_into      uuid references apply_request (id);    -- asked again while that one was queued: one run for both
create index apply_request_waiting on apply_request (person_id, requested_at) where state = 'queued';
create index apply_request_running on apply_request (person_id, triggered_at) where state = 'triggered';

create table apply_request_key (                       -- under which names a request is "the same request": one row, one run
    key        text primary key,                       -- 'key:<Idempotency-Key>' or 'body:<sha256>'
    request_id uuid        not null references apply_request (id),
    noted_at   timestamptz not null default now()
);
create index apply_request_key_request on apply_request_key (request_id);

-- ── what an application is bound to ───────────────────────────────────────────────────────────────────────────

alter table application
    add column company_key        text        not null default '',     -- the company by any spelling; '' where the name says nothing
    add column cv_version         text,                                -- cv.sha256 when it was planned; null: the CV is not ours
    add column content_hash       text        not null default '',     -- of what would leave: letter, CV, job, address
    add column approval_required  boolean     not null default false,
    add column approval_hash      text,                                -- content_hash as the person said yes to it
    add column approved_by        text,
    add column approved_at        timestamptz,
    add column platform_id        text,                                -- the platform API's id of the recorded application
    add column employer_status_at timestamptz,
    add column status_checked_at  timestamptz,
    add column reminders          int         not null default 0,
    add column requeued           int         not null default 0;      -- runs asked for because it never left
create index application_of_person on application (person_id, created_at);
create index application_to_follow on application (status_checked_at nulls first) where state = 'submitted';

-- Everything about one person's applications happens one after the other, in this database: caps and doubts are counted under it.
create function lock_person(person text) returns void language sql as $$
    select pg_advisory_xact_lock(hashtextextended('rolecall apply ' || person, 0))
$$;

create function application_content_hash(a application) returns text language sql as $$
    select encode(sha256(convert_to(
        jsonb_build_array(a.letter, a.cv_id, a.cv_sha256, a.cv_version, a.job_id, a.source, a.apply_url)::text, 'UTF8')), 'hex')
$$;

-- The person's applications for jobs that may be this one and of which nobody has said that they are another.
create function doubtful_siblings(person text, key text, own uuid) returns table (application_id uuid, state text)
language sql stable as $$
    select a.id, a.state
    from (
        select d.other_job_id as sibling from possible_duplicate d where d.job_id = key and d.decision is distinct from 'different'
        union
        select d.job_id from possible_duplicate d where d.other_job_id = key and d.decision is distinct from 'different'
    ) doubt
    join application_lock l on l.person_id = person and l.job_key = doubt.sibling
    join application a on a.id = l.application_id
    where a.id is distinct from own and a.state <> 'cancelled'
$$;

-- As in 0001, and: a job that may be one the person has applied for, or is about to, is not planned.
create or replace function lock_application() returns trigger language plpgsql as $$
declare
    canonical text;
begin
    perform lock_person(new.person_id);
    select coalesce(job.merged_into, job.id) into canonical from job where job.id = new.job_key for share;
    canonical := coalesce(canonical, new.job_key);
    if exists (select from doubtful_siblings(new.person_id, canonical, new.id)) then
        return null;
    end if;
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
    new.content_hash := application_content_hash(new);
    return new;
end $$;

-- Why an approved application is not sent after all, in words a person reads; null: it may leave. Asked under the person's lock.
create function application_hold(a application) returns text language sql stable as $$
    select case
        when (a.approval_required or a.approval_hash is not null) and a.approval_hash is distinct from application_content_hash(a)
            then 'the letter or the CV changed after it was approved'
        when exists (select from application_lock l cross join lateral doubtful_siblings(a.person_id, l.job_key, a.id) sibling
                     where l.application_id = a.id and sibling.state in ('submitting', 'submitted', 'uncertain'))
            then 'it may be a job that was applied for already'
        when exists (select from cv where cv.id = a.cv_id and cv.person_id = a.person_id and cv.sha256 <> a.cv_version)
            then 'the CV changed after the letter was written'
        when exists (select from person p where p.id = a.person_id and p.preferences ->> 'auto_apply' = 'false')
            then 'the consent to automatic applications was withdrawn'
        when exists (select from job where job.id = a.job_key and job.state = 'closed')
            then 'the job was closed'
    end
$$;

create index application_event_application on application_event (application_id, to_state);

create table held_back (                               -- why a match was not applied for, in words the person reads
    run_id    text             not null,
    person_id text             not null,
    source    text             not null,
    job_id    text             not null,
    title     text             not null,
    company   text             not null,
    score     double precision not null,
    rule      text             not null,
    reason    text             not null,
    noted_at  timestamptz      not null default now(),
    primary key (run_id, source, job_id)
);
create index held_back_person on held_back (person_id, noted_at);

create table approval (                                -- what a person was asked, as it was shown, and what they said
    run_id         text        not null,
    application_id uuid        not null references application (id),
    label          text        not null,
    content_hash   text        not null,
    asked_at       timestamptz not null default now(),
    answer         text        check (answer in ('yes', 'no', 'none')),    -- none: nobody answered in time, which is no
    answered_by    text,
    answered_at    timestamptz,
    primary key (run_id, application_id),
    unique (run_id, label)
);

-- ── settling: why an unclear application counts as sent, or as not ──────────────────────────────────────────────

create table settlement (                              -- append-only; an application leaves 'uncertain' only with one of these
    id             bigint generated always as identity primary key,
    application_id uuid        not null references application (id),
    outcome        text        not null check (outcome in ('submitted', 'refused', 'unknown')),
    evidence       text        not null check (evidence in ('answer', 'receipt', 'mail', 'screenshot', 'service_status', 'statement')),
    detail         text        not null check (btrim(detail) <> ''),   -- the receipt id, the mail's subject and date, the file, the words
    actor          text        not null check (btrim(actor) <> ''),    -- who says so: a person's name, or which part of Rolecall
    answer         jsonb,                              -- the service's own words, where it is one
    noted_at       timestamptz not null default clock_timestamp()
);
create index settlement_application on settlement (application_id);
create trigger settlement_append_only before update or delete on settlement for each row execute function append_only();

insert into application_transition values
    ('approved', 'planned'),                           -- never left; what it was bound to has changed
    ('cancelled', 'planned'),                          -- never left; nobody answered in time
    ('refused', 'submitted');                          -- declared not received, and then proof arrived: see guard below

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
    end if;
    if old.state in ('uncertain', 'refused')
       and not exists (select from settlement s where s.application_id = old.id and s.outcome = new.state
                       and (old.state = 'uncertain' or s.evidence in ('answer', 'receipt', 'service_status', 'mail'))) then
        raise exception 'application %: % -> % needs evidence', old.id, old.state, new.state using errcode = 'check_violation';
    end if;
    new.updated_at := clock_timestamp();
    return new;
end $$;

-- ── what is owed to the platform besides the record ───────────────────────────────────────────────────────────

alter table outbox drop constraint outbox_topic_check;
alter table outbox add constraint outbox_topic_check check (topic in ('record_application', 'notification_status', 'application_status'));

-- ── pace ────────────────────────────────────────────────────────────────────────────────────────────────────

alter table pace add column reserved_at timestamptz not null default now();   -- later than the clock: it was set back since

-- ── a restored ledger ───────────────────────────────────────────────────────────────────────────────────────────

-- A backup does not know what was sent after it was taken. Where the ledger stands is noted when it is made; a ledger that finds itself
-- somewhere else (restored, copied, brought back to a point in time) sends nothing until a person has confirmed it.
create table ledger_home (
    one      boolean     primary key default true check (one),
    place    text        not null,
    noted_by text        not null,
    noted_at timestamptz not null default now()
);

create function ledger_place() returns text language sql stable as $$
    select concat_ws('/', (select system_identifier from pg_control_system()), (select timeline_id from pg_control_checkpoint()),
                     (select oid from pg_database where datname = current_database()), 'application'::regclass::oid)
$$;

insert into ledger_home (place, noted_by) values (ledger_place(), 'migration');

create function application_at_home() returns trigger language plpgsql as $$
begin
    insert into ledger_home (place, noted_by) values (ledger_place(), 'first application') on conflict do nothing;
    if tg_op = 'UPDATE' and not exists (select from ledger_home where place = ledger_place()) then
        raise exception 'this ledger was restored or copied: what was sent since is not known here'
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    return new;
end $$;
create trigger application_at_home before insert on application for each row execute function application_at_home();
create trigger application_sent_from_home before update on application for each row
    when (new.state = 'submitting' and old.state <> 'submitting') execute function application_at_home();
