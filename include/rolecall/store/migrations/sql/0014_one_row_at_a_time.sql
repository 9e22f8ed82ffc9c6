-- One person's odd data is theirs alone: what is put aside is looked at again as soon as it changes.

create function preferences_changed() returns trigger language plpgsql as $$
begin
    delete from dead_letter where queue = 'preferences' and key = left(new.id, 500);
    notify rolecall_apply;
    return null;
end $$;
create trigger changed_preferences_are_read_again after update of preferences, email on person
    for each row when ((old.preferences, old.email) is distinct from (new.preferences, new.email)) execute function preferences_changed();
