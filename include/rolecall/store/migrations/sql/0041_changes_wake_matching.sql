-- Wakes match_changed_people at the commit; whoever misses it looks. That a CV was listed or matched, or a token changed, wakes nobody.
create function wake_matching() returns trigger language plpgsql as $$
begin
    notify rolecall_people;
    return null;
end $$;
create trigger new_cv_wakes_matching after insert on cv for each row execute function wake_matching();
create trigger changed_cv_wakes_matching after update on cv
    for each row when (old.updated_at is distinct from new.updated_at) execute function wake_matching();
create trigger changed_person_wakes_matching after update on person
    for each row when (old.updated_at is distinct from new.updated_at) execute function wake_matching();
