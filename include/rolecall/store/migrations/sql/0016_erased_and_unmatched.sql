-- Who was erased is written about no more; whose CV or wishes changed is matched soon.

create function is_erased(person text) returns boolean language sql stable as $$
    select exists (select from sync_erased where id_sha256 = encode(sha256(convert_to(person, 'UTF8')), 'hex'))
       and not exists (select from person p where p.id = person)
$$;

-- A run that was under way, a fall-back, a message in a stream: whatever still writes about them writes nothing.
create function nothing_about_the_erased() returns trigger language plpgsql as $$
begin
    if new.person_id is not null and is_erased(new.person_id) then
        return null;
    end if;
    return new;
end $$;
create trigger about_nobody_erased before insert on notification for each row execute function nothing_about_the_erased();
create trigger about_nobody_erased before insert on match         for each row execute function nothing_about_the_erased();
create trigger about_nobody_erased before insert on application   for each row execute function nothing_about_the_erased();
create trigger about_nobody_erased before insert on held_back     for each row execute function nothing_about_the_erased();

alter table cv
    add column match_asked_at timestamptz,             -- when match_jobs last listed it
    add column matched_at     timestamptz;             -- match_asked_at of the last time that its matches were stored
