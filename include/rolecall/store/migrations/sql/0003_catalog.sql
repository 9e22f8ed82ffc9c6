-- Catalog: doubts about merges, risk, freshness, quality figures.

alter table job
    add column risk          double precision not null default 0 check (risk between 0 and 1),
    add column risk_reasons  jsonb            not null default '[]',  -- [{signal, weight, text}]
    add column closed_at     timestamptz,
    add column closed_reason text;                                    -- not_seen | expired | gone | …

create table possible_duplicate (                      -- may be one job, not sure: an application to one blocks the other
    job_id       text        not null references job (id),
    other_job_id text        not null references job (id),
    score        double precision not null,
    evidence     jsonb       not null,
    noted_at     timestamptz not null default now(),
    decision     text        check (decision in ('same', 'different')),  -- null: nobody has said
    decided_by   text,
    decided_at   timestamptz,
    primary key (job_id, other_job_id),
    check (job_id < other_job_id)
);
create index possible_duplicate_other on possible_duplicate (other_job_id);

create index posting_last_seen on posting (last_seen_at);   -- what no board shows any more

-- What postings that may be one job have in common; a family is what keys join, directly or by way of others.
create table posting_key (
    key        bigint not null,
    posting_id bigint not null references posting (id) on delete cascade,
    primary key (key, posting_id)
);
create index posting_key_posting on posting_key (posting_id);

alter table posting
    add column text_hash   text,                       -- of the description, as last aggregated; empty: too short to compare
    add column requisition text;                       -- the employer's number of the opening, as the description says it

alter table job add column field_sources jsonb not null default '{}';  -- field -> the posting it was taken from (board|external_id)

create table merge_ruling (                            -- what people said of two postings; no evidence goes against it
    posting_id       bigint      not null references posting (id) on delete cascade,
    other_posting_id bigint      not null references posting (id) on delete cascade,
    ruling           text        not null check (ruling in ('same', 'different')),
    ruled_by         text        not null,
    reason           text        not null default '',
    ruled_at         timestamptz not null default now(),
    primary key (posting_id, other_posting_id),
    check (posting_id < other_posting_id)
);
create index merge_ruling_other on merge_ruling (other_posting_id);

alter table job add column validated_rules text;       -- version of the rules it was checked by: changed rules look at it again
alter table quarantine drop constraint quarantine_severity_check;
alter table quarantine add constraint quarantine_severity_check check (severity in ('note', 'warning', 'error'));

create table quality_report (                          -- one row a run: what the catalog was like after it
    id         bigint generated always as identity primary key,
    run_id     text        not null unique,            -- the same run again is the same row
    reported_at timestamptz not null,
    rates      jsonb       not null,                   -- rate -> share of open jobs, 0 to 1
    found      jsonb       not null,                   -- rule -> board -> jobs
    bands      jsonb       not null                    -- rate -> [lowest, highest] it usually has, null before enough runs
);
