-- Backups: what was written, where. A row is written after the archive was read back and checked.

create table backup (
    name     text             primary key,
    place    text             not null,                -- folder or address, without credentials
    made_at  timestamptz      not null,                -- the moment it shows
    bytes    bigint           not null check (bytes > 0),
    sha256   text             not null,                -- of the sealed archive
    seconds  double precision not null,
    tables   jsonb            not null,                -- rows by table of this database
    noted_at timestamptz      not null default clock_timestamp()
);
create index backup_made_at on backup (made_at);

create table restore (                                 -- this database came out of a backup
    id            bigint generated always as identity primary key,
    backup        text        not null,
    made_at       timestamptz not null,                -- what happened after this is not known here
    restored_at   timestamptz not null default clock_timestamp(),
    paused        text[]      not null default '{}',     -- DAGs that were stopped until it is reconciled
    reconciled_at timestamptz,                         -- compared with the receiving side; until then nothing is sent
    reconciled_by text
);
