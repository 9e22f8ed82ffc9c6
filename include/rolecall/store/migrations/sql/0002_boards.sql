-- Boards: what scraping keeps beyond the first schema.

alter table board_answer
    add column first_fetched_at timestamptz not null default now(),    -- fetched_at: when the board last answered the same
    add column room int;                               -- cards its search could still take (max_results); null: all of them
create index board_answer_fetched on board_answer (board, fetched_at desc, id desc);

create table board_search (                            -- one row a search: its watermark
    board            text        not null,
    search           text        not null,             -- SearchQuery.key
    max_results      int         not null,
    newest_posted_at timestamptz,                      -- of the newest posting it ever gave
    checked_at       timestamptz not null,             -- last run, whatever came of it
    swept_at         timestamptz,                      -- last read to its end, full texts included; null: the last try broke off
    primary key (board, search)
);

create table board_delivery (                          -- one row a run: what the platform confirmed
    run_id       text        not null,
    board        text        not null,
    count        int         not null default 0,       -- postings confirmed with 201
    error        text,                                 -- why the last try ended early
    delivered_at timestamptz not null default now(),
    primary key (run_id, board)
);

create table board_incident (                          -- something is wrong with a board, from the first run that saw it to the first that did not
    id         bigint generated always as identity primary key,
    board      text        not null,
    kind       text        not null,                   -- outcome: Blocked | LayoutChanged | NotSaved | …
    error      text        not null,
    opened_run text        not null,
    opened_at  timestamptz not null default now(),
    closed_run text,
    closed_at  timestamptz
);
create unique index board_incident_open on board_incident (board, kind) where closed_at is null;

create view board_fill as                              -- share of the cards that had a field: in the latest search and usually
    with latest as (
        select board, finished_at, fill, row_number() over (partition by board order by finished_at desc) as nth
        from board_run where cards >= 10 and fill <> '{}')
    select board, field,
           (array_agg(share::float8 order by nth))[1] as latest,
           percentile_cont(0.5) within group (order by share::float8) as usual,
           count(*) as searches,
           max(finished_at) as seen_at
    from latest, jsonb_each_text(fill) as f (field, share)
    where nth <= 20
    group by board, field;
