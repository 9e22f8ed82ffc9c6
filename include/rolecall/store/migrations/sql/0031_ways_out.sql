-- Applications that really leave: a person's own way to send mail, and what was sent to whom, noted before it begins to leave.

create table smtp_account (
    person_id  text        primary key,
    address    text        not null check (address <> ''),
    host       text        not null check (host <> ''),
    port       int         not null check (port between 1 and 65535),
    security   text        not null check (security in ('tls', 'starttls', 'none')),
    username   text        not null default '',
    secret     bytea       not null,                  -- password, sealed with Airflow's Fernet key
    changed_at timestamptz not null default now()
);
select guard_rows('smtp_account', 'person_id = own_person()');

alter table submission add column evidence jsonb;      -- way, address, Message-ID, hashes of files, answers: known before it leaves

alter table application
    add column way            text,                          -- by which it leaves; null: its service says nothing of ways
    add column prepared       jsonb,                         -- as it was shown: address, answers, files
    add column prepared_hash  text,                          -- of exactly that, but for the letter: sent so, or not at all
    add column open_questions jsonb not null default '[]',   -- which only the person can answer
    add column obstacle       text,                          -- why it waits, whoever says yes; null: nothing stands in its way
    add column hold_until     timestamptz;                   -- until then it can be stopped, where the person asked for no yes

-- As in 0005, and: what was prepared belongs to what is said yes to. Of what was never prepared the hash is as it was.
create or replace function application_content_hash(a application) returns text language sql as $$
    select encode(sha256(convert_to(case when a.prepared_hash is null
        then jsonb_build_array(a.letter, a.cv_id, a.cv_sha256, a.cv_version, a.job_id, a.source, a.apply_url)
        else jsonb_build_array(a.letter, a.cv_id, a.cv_sha256, a.cv_version, a.job_id, a.source, a.apply_url, a.prepared_hash)
        end::text, 'UTF8')), 'hex')
$$;

-- As in 0018, and: what stands in its way.
create or replace function application_hold(a application) returns text language sql stable as $$
    select case
        when a.obstacle is not null
            then a.obstacle
        when (a.approval_required or a.approval_hash is not null) and a.approval_hash is distinct from application_content_hash(a)
            then 'the letter or the CV changed after it was approved'
        when exists (select from application_lock l cross join lateral doubtful_siblings(a.person_id, l.job_key, a.id) sibling
                     where l.application_id = a.id and sibling.state in ('submitting', 'submitted', 'uncertain'))
            then 'it may be a job that was applied for already'
        when exists (select from application_twins(a.person_id, a.id) twin
                     where twin.state in ('submitting', 'submitted', 'uncertain', 'refused'))
            then 'it is the same job as one that was applied for already'
        when application_declined(a)
            then 'it is the same job as one that was declined or taken back'
        when exists (select from cv where cv.id = a.cv_id and cv.person_id = a.person_id and cv.sha256 <> a.cv_version)
            then 'the CV changed after the letter was written'
        when exists (select from person p where p.id = a.person_id and p.preferences ->> 'auto_apply' = 'false')
            then 'the consent to automatic applications was withdrawn'
        when exists (select from job where job.id = application_job(a) and job.state = 'closed')
            then 'the job was closed'
    end
$$;
