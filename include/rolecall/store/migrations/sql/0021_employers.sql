create table employer (                                -- whose postings are followed, all of them
    board    text        not null,                     -- the system its board is on: a board's name
    company  text        not null,                     -- as its searches name it: SearchQuery.company
    url      text        not null,                     -- what somebody gave: a careers page, a posting, a board
    added_at timestamptz not null default now(),
    primary key (board, company)
);
create unique index employer_once on employer (board, lower(company));

create table employer_listing (                        -- what a complete list of an employer's held when it was last read
    board       text not null,
    company     text not null,
    external_id text not null,
    gone_at     timestamptz,                           -- when it was no longer in it: its posting was closed
    primary key (board, company, external_id)
);
