-- What keeps the ledger's law is out of reach of the services' role: where the ledger stands, which transitions there are, which jobs are
-- taken, what happened, and the seals over it. It goes on writing applications, which the law's own triggers look at.

alter function application_at_home() security definer set search_path = public, pg_temp;
alter function log_application() security definer set search_path = public, pg_temp;

-- As in 0029, and: not the law.
create or replace function let_serve() returns void language plpgsql as $$
begin
    if not exists (select from pg_roles where rolname = 'rolecall_services') then
        begin
            create role rolecall_services nologin;
        exception
            when duplicate_object or unique_violation then null;   -- another database of this server was quicker
            when insufficient_privilege then
                raise exception 'the role rolecall_services is missing, and this login may not make it'
                    using hint = format('as an administrator: create role rolecall_services; grant rolecall_services to %I', current_user);
        end;
    end if;
    if current_setting('is_superuser') = 'off' then
        begin
            execute format('grant rolecall_services to %I', current_user);
        exception
            when insufficient_privilege then null;                 -- an administrator made it, and granted it
        end;
    end if;
    grant usage on schema public, figures to rolecall_services;
    grant select, insert, update, delete on all tables in schema public, figures to rolecall_services;
    grant usage, select on all sequences in schema public, figures to rolecall_services;
    revoke insert, update, delete on alembic_version, ledger_home, application_transition, application_lock, audit_seal
        from rolecall_services;
    revoke insert, delete on application_event from rolecall_services;   -- an erasure takes reasons out
    alter default privileges in schema public, figures grant select, insert, update, delete on tables to rolecall_services;
    alter default privileges in schema public, figures grant usage, select on sequences to rolecall_services;
end $$;
select let_serve();

-- As in 0018, and: what a person sent themselves is a fact, whatever it may be the same as. It is noted, so that nothing leaves for either.
create or replace function lock_application() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    canonical text;
    names     text[];
begin
    perform lock_person(new.person_id);
    perform from job where job.id in (new.job_key, new.job_id) order by job.id for share;
    canonical := application_job(new);
    if new.run_id not in ('elsewhere', 'elsewhere, dated') and exists (select from doubtful_siblings(new.person_id, canonical, new.id)) then
        return null;
    end if;
    names := array[canonical, new.job_key, new.source || ':' || new.job_id, 'apply:' || new.apply_url]
             || array(select job.id from job where job.id = new.job_id);
    insert into application_lock select distinct new.person_id, name, new.id from unnest(names) name where name is not null
    on conflict do nothing;
    if exists (select from application_lock l where l.person_id = new.person_id and l.job_key = any(names) and l.application_id <> new.id) then
        delete from application_lock where application_id = new.id;
        return null;
    end if;
    new.content_hash := application_content_hash(new);
    return new;
end $$;
