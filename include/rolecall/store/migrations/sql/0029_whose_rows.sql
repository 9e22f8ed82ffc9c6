-- Whose data is whose: a query of the services or the page sees a person's rows only where its transaction said whose it is about.
--
-- Who asks is in two settings of the transaction (rolecall.store.visible): rolecall.person is one person's id, rolecall.sees is 'everybody'
-- where the service itself asks (its own token, a login, figures). Where nothing was said nothing is seen. The tables' owner, as whom
-- migrations, DAGs and commands connect, sees all. The services and the page are the role rolecall_services, which owns nothing.

-- ── who asks ────────────────────────────────────────────────────────────────────────────────────────────────

create function own_person() returns text language sql stable parallel safe as $$
    select nullif(current_setting('rolecall.person', true), '')
$$;

create function sees_everybody() returns boolean language sql stable parallel safe as $$
    select coalesce(current_setting('rolecall.sees', true), '') = 'everybody'
        or current_user = (select pg_get_userbyid(relowner) from pg_class where oid = 'public.person'::regclass)
$$;

-- Whose something is: asked before it is known whose rows may be seen. Nothing but the person's id comes out.
create function person_of_token(hash text) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select id from person where token_sha256 = hash
$$;
create function person_of_cv(cv_id text) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select person_id from cv where id = cv_id
$$;
create function person_of_mail(mail_id bigint) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select person_id from mail where id = mail_id
$$;
create function person_of_feed(hash text) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select person_id from calendar_feed where token_sha256 = hash
$$;

-- ── what runs inside others' statements, and must not depend on who asks ─────────────────────────────────────

alter function audit_change() security definer set search_path = public, pg_temp;
alter function audit_person_key(text) security definer set search_path = public, pg_temp;
alter function forget_audit_key() security definer set search_path = public, pg_temp;
alter function is_erased(text) security definer set search_path = public, pg_temp;
alter function nothing_about_the_erased() security definer set search_path = public, pg_temp;
alter function preferences_changed() security definer set search_path = public, pg_temp;
alter function lock_application() security definer set search_path = public, pg_temp;
alter function guard_application() security definer set search_path = public, pg_temp;
alter function guard_unsettling() security definer set search_path = public, pg_temp;
alter function append_only_but_erasure() security definer set search_path = public, pg_temp;
alter function figures.keep_first_match() security definer set search_path = public, figures, pg_temp;

-- ── whose rows ──────────────────────────────────────────────────────────────────────────────────────────────

-- Guards a table: its rows are seen and written by whom they are about, and by who sees everybody.
create function guard_rows(guarded regclass, about text) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', guarded);
    execute format('alter table %s force row level security', guarded);
    execute format('create policy whose on %s using ((select sees_everybody()) or %s)', guarded, about);
end $$;
comment on function guard_rows(regclass, text) is
    'For migrations that make a table about a person: guard_rows(''new_table'', ''person_id = own_person()''). A test fails without it.';

select guard_rows('person', 'id = own_person()');
select guard_rows(name::regclass, 'person_id = own_person()') from unnest(array[
    'cv', 'match', 'figures.first_match', 'figures.funnel', 'held_back', 'apply_request', 'application', 'application_lock', 'job_mark',
    'page_password', 'page_login', 'page_session', 'message_stop', 'digest_schedule', 'told_match', 'sync_person', 'sync_field',
    'dead_letter', 'person_answer', 'model_answer', 'mailbox', 'mail', 'interview', 'calendar_feed', 'audit_key']) name;
select guard_rows(name::regclass,
    'exists (select from application a where a.id = application_id and a.person_id = own_person())') from unnest(array[
    'application_event', 'figures.employer_news', 'approval', 'letter_edit', 'settlement']) name;
select guard_rows('cv_file', 'exists (select from cv where cv.id = cv_id and cv.person_id = own_person())');
select guard_rows('apply_request_key', 'exists (select from apply_request r where r.id = request_id and r.person_id = own_person())');
select guard_rows('application_record', 'user_id = own_person()');
select guard_rows('submission',
    'exists (select from cv where cv.id = cv_id and cv.person_id = own_person())
     or exists (select from application a where a.idempotency_key = key and a.person_id = own_person())');
select guard_rows('notification',
    'person_id = own_person() or exists (select from person p where p.id = own_person() and recipient in (p.email, p.phone))');
select guard_rows('delivery_event', 'exists (select from notification n where n.provider_id = delivery_event.provider_id)');
select guard_rows('workflow_error',
    'exists (select from person p where p.id = own_person() and position(p.email in message || stack) > 0)');
select guard_rows('document', $$own_person() is not null and (
    sha256 in (select a.cv_sha256 from application a where a.person_id = own_person())
    or exists (select from person p where p.id = own_person() and (
        position(to_jsonb(p.email)::text in body::text) > 0
        or (p.phone is not null and position(to_jsonb(p.phone)::text in body::text) > 0)))
    or body ->> 'userId' = own_person()
    or jsonb_typeof(body) = 'array' and exists (
        select from jsonb_array_elements(body) one
        where coalesce(one ->> 'generatedCoverLetter', one ->> 'generated_cover_letter') in (
            select m.letter from match m where m.person_id = own_person()
            union select a.letter from application a where a.person_id = own_person())))$$);

-- What happened, and what is owed to the platform for it, is noted by everybody and read by whom it is about.
select guard_rows('audit', 'person_hash = (select keyed_sha256(k.key, k.person_id) from audit_key k where k.person_id = own_person())');
select guard_rows('outbox', $$payload ->> 'userId' = own_person()
    or exists (select from application a where a.platform_id = payload ->> 'applicationId' and a.person_id = own_person())$$);
create policy noted on audit for insert with check (true);
create policy noted on outbox for insert with check (true);

-- A view asks with the rights of whoever asks it.
alter view good_match set (security_invoker = true);
alter view error_group set (security_invoker = true);

-- ── the services' role ──────────────────────────────────────────────────────────────────────────────────────

-- As analytics.let_read: a role belongs to the server, and what it may to the database.
create function let_serve() returns void language plpgsql as $$
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
    revoke insert, update, delete on alembic_version from rolecall_services;
    alter default privileges in schema public, figures grant select, insert, update, delete on tables to rolecall_services;
    alter default privileges in schema public, figures grant usage, select on sequences to rolecall_services;
end $$;
comment on function let_serve() is 'Makes the role rolecall_services, if need be, and says what it may: again after a restore on another server.';
revoke execute on function let_serve(), guard_rows(regclass, text) from public;
select let_serve();
