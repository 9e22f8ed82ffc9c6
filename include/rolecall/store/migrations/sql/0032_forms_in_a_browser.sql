-- Forms that are filled in in a browser: what each asked when it was read last, and how it was shown before anybody said yes.

create table form_read (
    address text        primary key,
    form    jsonb       not null,
    read_at timestamptz not null default clock_timestamp()
);

create table form_shown (
    person_id text        not null,
    job_id    text        not null,
    form_hash text        not null,                   -- of what was prepared: the picture is of exactly that
    body      bytea       not null,                   -- JPEG, sensitive answers covered
    shown_at  timestamptz not null default clock_timestamp(),
    primary key (person_id, job_id)
);
select guard_rows('form_shown', 'person_id = own_person()');
