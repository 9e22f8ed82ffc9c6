-- Answers that can wait or be taken back, one sending for merged jobs, and what a restored ledger may learn.

-- ── approvals ───────────────────────────────────────────────────────────────────────────────────────────────

alter table approval drop constraint approval_answer_check;
alter table approval add constraint approval_answer_check check (answer in ('yes', 'no', 'later', 'none'));
alter table approval drop constraint approval_run_id_label_key;                     -- answered ones keep the label they were asked under
create unique index approval_open_label on approval (run_id, label) where answer is null;

-- ── what the person is told about an application ──────────────────────────────────────────────────────────────

alter table application
    add column url     text,                           -- where the ad can be read
    add column reasons jsonb not null default '[]';    -- why it matches, as texts; they quote the CV

create or replace function guard_erasure() returns trigger language plpgsql as $$
declare
    personal constant text[] := array['person_email', 'letter', 'answer', 'state_reason', 'approved_by', 'content_hash', 'approval_hash', 'erased_at',
                                      'reasons'];
begin
    if old.state in ('planned', 'approved') then
        raise exception 'application %: cancel it first, an erased person sends nothing', old.id using errcode = 'check_violation';
    end if;
    if to_jsonb(new) - personal <> to_jsonb(old) - personal
       or new.person_email <> '' or new.letter is not null or new.answer is not null or new.state_reason <> '' or new.approved_by is not null
       or new.reasons <> '[]' then
        raise exception 'application %: an erasure only takes out what is about the person', old.id using errcode = 'check_violation';
    end if;
    new.content_hash := application_content_hash(new);
    new.approval_hash := null;
    return new;
end $$;

-- ── a restored ledger learns that something it holds for unsent had left: it is uncertain, and never sent again by itself ───────

insert into application_transition values ('planned', 'uncertain'), ('approved', 'uncertain'), ('cancelled', 'uncertain');

-- ── merged jobs ─────────────────────────────────────────────────────────────────────────────────────────────

-- The person's applications for the same job by now: planned for two ads that turned out to be one.
create function application_twins(person text, own uuid) returns table (application_id uuid, state text)
language sql stable as $$
    with recursive path as (
        select a.id, a.state, a.job_key as job, 0 as depth from application a where a.person_id = person
        union all
        select path.id, path.state, job.merged_into, depth + 1
        from path join job on job.id = path.job where job.merged_into is not null and depth < 50
    ), job_of as (
        select distinct on (id) id, path.state, job from path order by id, depth desc
    ), target as (
        select job from job_of where id = own
    )
    select j.id, j.state from job_of j where j.id <> own and j.job = (select job from target)
$$;

-- As in 0005, and: of two applications for what is one job by now, one is sent.
create or replace function application_hold(a application) returns text language sql stable as $$
    select case
        when (a.approval_required or a.approval_hash is not null) and a.approval_hash is distinct from application_content_hash(a)
            then 'the letter or the CV changed after it was approved'
        when exists (select from application_lock l cross join lateral doubtful_siblings(a.person_id, l.job_key, a.id) sibling
                     where l.application_id = a.id and sibling.state in ('submitting', 'submitted', 'uncertain'))
            then 'it may be a job that was applied for already'
        when exists (select from application_twins(a.person_id, a.id) twin
                     where twin.state in ('submitting', 'submitted', 'uncertain', 'refused'))
            then 'it is the same job as one that was applied for already'
        when exists (select from cv where cv.id = a.cv_id and cv.person_id = a.person_id and cv.sha256 <> a.cv_version)
            then 'the CV changed after the letter was written'
        when exists (select from person p where p.id = a.person_id and p.preferences ->> 'auto_apply' = 'false')
            then 'the consent to automatic applications was withdrawn'
        when exists (select from job where job.id = a.job_key and job.state = 'closed')
            then 'the job was closed'
    end
$$;

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
    if old.state in ('uncertain', 'refused')
       and not exists (select from settlement s where s.application_id = old.id and s.outcome = new.state
                       and (old.state = 'uncertain' or s.evidence in ('answer', 'receipt', 'service_status', 'mail'))) then
        raise exception 'application %: % -> % needs evidence', old.id, old.state, new.state using errcode = 'check_violation';
    end if;
    new.updated_at := clock_timestamp();
    return new;
end $$;

-- ── pace ────────────────────────────────────────────────────────────────────────────────────────────────────

alter table send_pace add column noted_at timestamptz not null default now();      -- later than the clock: it was set back since
