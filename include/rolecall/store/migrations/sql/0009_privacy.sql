-- Erasing a person: what the ledger needs stays, under an id that leads to nobody.

alter table application add column erased_at timestamptz;

-- An erasure takes out what is about the person and touches nothing else: not the job, the state, the key or the locks.
create function guard_erasure() returns trigger language plpgsql as $$
declare
    personal constant text[] := array['person_email', 'letter', 'answer', 'state_reason', 'approved_by', 'content_hash', 'approval_hash', 'erased_at'];
begin
    if old.state in ('planned', 'approved') then
        raise exception 'application %: cancel it first, an erased person sends nothing', old.id using errcode = 'check_violation';
    end if;
    if to_jsonb(new) - personal <> to_jsonb(old) - personal
       or new.person_email <> '' or new.letter is not null or new.answer is not null or new.state_reason <> '' or new.approved_by is not null then
        raise exception 'application %: an erasure only takes out what is about the person', old.id using errcode = 'check_violation';
    end if;
    new.content_hash := application_content_hash(new);
    new.approval_hash := null;
    return new;
end $$;
drop trigger application_guard on application;
create trigger application_guard before update on application for each row
    when (old.erased_at is not null or new.erased_at is null) execute function guard_application();
create trigger application_erasure before update on application for each row
    when (old.erased_at is null and new.erased_at is not null) execute function guard_erasure();

create function application_stays_erased() returns trigger language plpgsql as $$
begin
    if new.erased_at is distinct from old.erased_at or new.person_email <> '' or new.letter is not null
       or new.state in ('planned', 'approved') then
        raise exception 'application %: the person was erased', old.id using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger application_stays_erased before update on application for each row
    when (old.erased_at is not null) execute function application_stays_erased();

-- Append-only tables about applications: free text written by people and other services goes when the application's person was erased,
-- what happened and when stays.
create function append_only_but_erasure() returns trigger language plpgsql as $$
declare
    kept     jsonb := to_jsonb(old);
    now_says jsonb := to_jsonb(new);
    field    text;
begin
    if tg_op = 'UPDATE' and exists (select from application a where a.id = old.application_id and a.erased_at is not null) then
        foreach field in array tg_argv loop
            if now_says -> field in ('"erased"'::jsonb, 'null'::jsonb) then
                kept := kept - field;
                now_says := now_says - field;
            end if;
        end loop;
        if kept = now_says then
            return new;
        end if;
    end if;
    raise exception '% is append-only', tg_table_name using errcode = 'check_violation';
end $$;
drop trigger settlement_append_only on settlement;
create trigger settlement_append_only before update or delete on settlement
    for each row execute function append_only_but_erasure('detail', 'actor', 'answer');
drop trigger application_event_append_only on application_event;
create trigger application_event_append_only before update or delete on application_event
    for each row execute function append_only_but_erasure('reason');

-- What a provider says about a message may quote its address.
create function delivery_event_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.reason = '' and to_jsonb(new) - 'reason' = to_jsonb(old) - 'reason' then
        return new;
    end if;
    raise exception 'delivery_event is append-only' using errcode = 'check_violation';
end $$;
drop trigger delivery_event_append_only on delivery_event;
create trigger delivery_event_append_only before update or delete on delivery_event for each row execute function delivery_event_guard();
