-- As in 0015, and: what was prepared for a way out, and asked, is about the person, too. Whoever had an application of that kind could not be erased.
create or replace function guard_erasure() returns trigger language plpgsql as $$
declare
    personal constant text[] := array['person_email', 'letter', 'answer', 'state_reason', 'approved_by', 'content_hash', 'approval_hash', 'erased_at',
                                      'reasons', 'prepared', 'prepared_hash', 'open_questions', 'obstacle'];
begin
    if old.state in ('planned', 'approved') then
        raise exception 'application %: cancel it first, an erased person sends nothing', old.id using errcode = 'check_violation';
    end if;
    if to_jsonb(new) - personal <> to_jsonb(old) - personal
       or new.person_email <> '' or new.letter is not null or new.answer is not null or new.state_reason <> '' or new.approved_by is not null
       or new.reasons <> '[]' or new.prepared is not null or new.prepared_hash is not null or new.open_questions <> '[]' or new.obstacle is not null then
        raise exception 'application %: an erasure only takes out what is about the person', old.id using errcode = 'check_violation';
    end if;
    new.content_hash := application_content_hash(new);
    new.approval_hash := null;
    return new;
end $$;
