-- Links by which somebody without an account answers what a run asked; only the hash of what stands in the link is kept.

create table approval_link (
    token_sha256 text        primary key,
    run_id       text        not null,                 -- whose questions it opens: those of `approval`
    person_id    text        not null,
    made_at      timestamptz not null default clock_timestamp(),
    expires_at   timestamptz not null,
    used_at      timestamptz                           -- it works once
);
create index approval_link_person on approval_link (person_id);

select guard_rows('approval_link', 'person_id = own_person()');

create function person_of_link(hash text) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select person_id from approval_link where token_sha256 = hash
$$;
