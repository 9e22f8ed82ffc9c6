-- Monitoring: checks, samples, incidents, errors.

create table incident (                                -- something is wrong, from when to when; told once, not at every look
    id           bigint generated always as identity primary key,
    key          text        not null,                 -- health:<service> | <rule>:<service> | error:<fingerprint> | …
    kind         text        not null,                 -- health | performance | error | silence
    service      text        not null,
    detail       text        not null,                 -- as it was seen first
    last_detail  text        not null,
    occurrences  int         not null default 1,
    opened_at    timestamptz not null,
    last_seen_at timestamptz not null,
    reminded_at  timestamptz not null,
    closed_at    timestamptz
);
create unique index incident_one_open on incident (key) where closed_at is null;
create index incident_history on incident (service, opened_at desc);

create table health_check (                            -- one row a service and look
    id          bigint generated always as identity primary key,
    service     text        not null,
    healthy     boolean     not null,
    status      text        not null,                  -- '200', or what happened instead: time-out, refused, …
    response_ms double precision not null,
    checked_at  timestamptz not null
);
create index health_check_recent on health_check (service, checked_at desc);

create view uptime as                                  -- share of looks that found the service healthy, 0 to 1; null: no look
    select service,
           avg(healthy::int) filter (where checked_at > now() - interval '24 hours') as last_24h,
           avg(healthy::int) filter (where checked_at > now() - interval '7 days')   as last_7d,
           avg(healthy::int) filter (where checked_at > now() - interval '30 days')  as last_30d,
           count(*) filter (where checked_at > now() - interval '30 days')           as looks_30d,
           (array_agg(status order by checked_at desc))[1]                           as last_status,
           max(checked_at)                                                           as last_checked_at
    from health_check where checked_at > now() - interval '30 days' group by service;

create table performance_sample (
    service    text        not null,
    metric     text        not null,                   -- cpu_usage | memory_usage | avg_response_time | …
    value      double precision not null,
    sampled_at timestamptz not null,
    samples    int         not null default 1,         -- how many raw ones this row is the mean of
    primary key (service, metric, sampled_at)
);
create index performance_sample_age on performance_sample (sampled_at);

create table workflow_error (                          -- one row a task that failed for good
    id          bigint generated always as identity primary key,
    fingerprint text        not null,                  -- equal for the same mistake in the same place
    workflow    text        not null,
    node        text        not null,
    run_id      text        not null,
    map_index   int         not null,
    try_number  int         not null,
    type        text        not null,                  -- class of the exception
    message     text        not null,
    stack       text        not null,
    link        text        not null,                  -- the failed task in the web UI
    critical    boolean     not null,
    happened_at timestamptz not null,
    unique (workflow, node, run_id, map_index, try_number)
);
create index workflow_error_recent on workflow_error (happened_at desc);

create view error_group as                             -- repeated errors, one row a mistake
    select fingerprint, min(workflow) as workflow, min(node) as node, min(type) as type, bool_or(critical) as critical,
           count(*) as times, min(happened_at) as first_at, max(happened_at) as last_at,
           (array_agg(message order by happened_at desc))[1] as last_message,
           (array_agg(link order by happened_at desc))[1]    as last_link
    from workflow_error group by fingerprint;

create table dag_run_end (                             -- how long runs waited and took, in seconds
    dag_id         text        not null,
    run_id         text        not null,
    state          text        not null,
    queued_seconds double precision not null,
    seconds        double precision not null,
    ended_at       timestamptz not null,
    primary key (dag_id, run_id)
);
create index dag_run_end_recent on dag_run_end (ended_at);
