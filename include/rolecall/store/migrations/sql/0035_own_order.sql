-- A person's own order of their matches is learned from marks and applications; here stands since when.

create table own_order (
    person_id    text        primary key,
    forgotten_at timestamptz not null default clock_timestamp()   -- what was said before counts no more
);
create trigger about_nobody_erased before insert on own_order for each row execute function nothing_about_the_erased();
select guard_rows('own_order', 'person_id = own_person()');
