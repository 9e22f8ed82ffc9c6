-- What is wrong now.
select key, kind, service, detail, opened_at, occurrences from incident where closed_at is null order by opened_at desc limit 50
