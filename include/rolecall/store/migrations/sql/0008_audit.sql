-- Audit: who did what to whom, sealed in a chain.
-- Rows are written by triggers, in the transaction of what they tell: whatever touches a person leaves a row, whichever code did it.
-- Personal data are keyed hashes. Erasing a person destroys the key; the rows stay, say nothing about anybody, and the chain holds.

create table audit_key (
    person_id text  primary key,
    key       bytea not null
);

alter table audit
    add column person_hash   text,                     -- the person, keyed
    add column before_sha256 text,                     -- of the whole row before and after, keyed where it is a person's
    add column after_sha256  text,
    add column bytes_sha256  text,                     -- of exactly what left the house
    add column seal          bigint;                   -- audit_seal.id; null: written in the last minute
create index audit_subject  on audit (subject);
create index audit_unsealed on audit (id) where seal is null;
create index audit_sealed   on audit (seal, id);

create table audit_seal (                              -- each holds a batch of rows and the seal before it
    id           bigint      primary key,              -- 1, 2, 3, … without a gap
    rows         int         not null,
    rows_sha256  text        not null,
    chain_sha256 text        not null,                 -- of the chain before, and of this line
    sealed_at    timestamptz not null
);
create trigger audit_seal_append_only before update or delete on audit_seal for each row execute function append_only();

-- The one change an audit row knows: being sealed, once.
create function audit_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.seal is null and new.seal is not null and to_jsonb(new) - 'seal' = to_jsonb(old) - 'seal' then
        return new;
    end if;
    raise exception 'audit is append-only' using errcode = 'check_violation';
end $$;
drop trigger audit_append_only on audit;
create trigger audit_append_only before update or delete on audit for each row execute function audit_guard();
create trigger audit_never_truncated before truncate on audit for each statement execute function append_only();
create trigger audit_seal_never_truncated before truncate on audit_seal for each statement execute function append_only();

create function audit_person_key(person text) returns bytea language plpgsql as $$
declare
    found_key bytea;
begin
    if person is null then
        return ''::bytea;
    end if;
    select key into found_key from audit_key where person_id = person;
    if found_key is null then
        insert into audit_key values (person, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))
        on conflict (person_id) do nothing;
        select key into found_key from audit_key where person_id = person;
    end if;
    return found_key;
end $$;

create function keyed_sha256(key bytea, text text) returns text language sql immutable as $$
    select encode(sha256(key || sha256(key || convert_to(text, 'UTF8'))), 'hex')
$$;

-- What happened to one row of a table that is about people. The actor is who the caller said it is (rolecall.actor), else which
-- part of Rolecall was connected.
create function audit_change() returns trigger language plpgsql as $$
declare
    before_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after_row  jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    known      jsonb := coalesce(after_row, before_row);
    person     text  := case when tg_table_name = 'person' then known ->> 'id' else known ->> 'person_id' end;
    key        bytea;
begin
    if before_row = after_row then
        return null;
    end if;
    key := audit_person_key(person);
    insert into audit (actor, action, subject, person_hash, before_sha256, after_sha256, bytes_sha256, detail)
    values (
        coalesce(nullif(current_setting('rolecall.actor', true), ''), nullif(current_setting('application_name', true), ''), session_user),
        tg_table_name || ' ' || case
            when after_row ->> 'state' is distinct from before_row ->> 'state' then coalesce(after_row ->> 'state', 'deleted')
            else case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end end,
        tg_table_name || ':' || case when tg_table_name = 'person' then left(keyed_sha256(key, person), 16) else known ->> 'id' end,
        case when person is not null then keyed_sha256(key, person) end,
        keyed_sha256(key, before_row::text),
        keyed_sha256(key, after_row::text),
        case when tg_table_name = 'notification' and after_row ->> 'state' in ('sent', 'uncertain')
                  or tg_table_name = 'application' and after_row ->> 'state' = 'submitting'
             then keyed_sha256(key, audit_bytes(tg_table_name, after_row)) end,
        jsonb_strip_nulls(jsonb_build_object(
            'from', before_row ->> 'state', 'to', after_row ->> 'state',
            'changed', case when tg_op = 'UPDATE' then (
                select jsonb_agg(field order by field)
                from jsonb_object_keys(after_row) field where after_row -> field is distinct from before_row -> field) end))
    );
    return null;
end $$;

-- What leaves: the application as the AI service gets it, the message as its recipient gets it.
create function audit_bytes(kind text, known jsonb) returns text language sql immutable as $$
    select case kind
        when 'application' then jsonb_build_array(known -> 'job_id', known -> 'cv_id', known -> 'letter', known -> 'source', known -> 'idempotency_key')::text
        when 'notification' then jsonb_build_array(known -> 'type', known -> 'recipient', known -> 'subject', known -> 'message', known -> 'html')::text
    end
$$;

create trigger audited after insert or update or delete on person for each row execute function audit_change();
create trigger audited after insert or update or delete on cv for each row execute function audit_change();
create trigger audited after insert or update on application for each row execute function audit_change();
create trigger audited after insert or delete on notification for each row execute function audit_change();
create trigger audited_outcome after update on notification for each row
    when (new.state is distinct from old.state and new.state in ('sent', 'failed', 'uncertain')) execute function audit_change();

create function forget_audit_key() returns trigger language plpgsql as $$
begin
    delete from audit_key where person_id = old.id;
    return null;
end $$;
-- Named to run after `audited`: triggers of one event run by name.
create trigger audited_then_forgotten after delete on person for each row execute function forget_audit_key();
