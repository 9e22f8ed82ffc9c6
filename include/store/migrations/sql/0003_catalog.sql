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
