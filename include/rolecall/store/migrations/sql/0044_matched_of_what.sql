-- Which change was listed and matched, told by [cv.updated_at, person.updated_at]. By its time alone a change cannot be told from one that
-- was committed after the listing, and would have to be matched twice.
alter table cv
    add column match_asked_of timestamptz[],
    add column matched_of     timestamptz[];
update cv set matched_of = array[cv.updated_at, person.updated_at], match_asked_of = array[cv.updated_at, person.updated_at]
from person where person.id = cv.person_id and cv.matched_at > greatest(cv.updated_at, person.updated_at) + interval '1 minute';
