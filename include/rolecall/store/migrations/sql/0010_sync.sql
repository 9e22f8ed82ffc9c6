-- Syncing: cursors of what was exchanged with the platform, and which side set a field last.

create table sync_cursor (                             -- how far a round has come; moved in the transaction of what it stands for
    name     text        primary key,                  -- people | closed_jobs
    position jsonb       not null,
    moved_at timestamptz not null default clock_timestamp()
);

create table sync_person (                             -- what both sides had when they last agreed
    person_id    text        primary key references person (id) on delete cascade,
    agreed       jsonb       not null,                 -- field -> value
    agreed_at    timestamptz not null default clock_timestamp(),
    missing_days int         not null default 0,       -- days on which the platform did not know the person
    missing_at   timestamptz                           -- the last of them
);

create table sync_field (                              -- when a preference was last changed on our side
    person_id  text        not null references person (id) on delete cascade,
    field      text        not null,
    changed_at timestamptz not null,
    primary key (person_id, field)
);

create table sync_erased (                             -- who was erased here is never brought back by syncing
    id_sha256 text primary key
);
create function note_erased() returns trigger language plpgsql as $$
begin
    insert into sync_erased values (encode(sha256(convert_to(old.id, 'UTF8')), 'hex')) on conflict do nothing;
    return null;
end $$;
create trigger erased_noted after delete on person for each row execute function note_erased();

-- Whoever changes a preference, by whatever way, leaves its time. The sync itself says when the platform changed it.
create function note_changed_preferences() returns trigger language plpgsql as $$
begin
    if nullif(current_setting('rolecall.syncing', true), '') is null then
        insert into sync_field (person_id, field, changed_at)
        select new.id, 'preferences.' || name, clock_timestamp()
        from jsonb_object_keys(old.preferences || new.preferences) name
        where old.preferences -> name is distinct from new.preferences -> name
        on conflict (person_id, field) do update set changed_at = excluded.changed_at;
    end if;
    return null;
end $$;
create trigger changed_preferences_noted after update of preferences on person
    for each row when (old.preferences is distinct from new.preferences) execute function note_changed_preferences();

create index job_closed on job (closed_at, id) where state = 'closed';
