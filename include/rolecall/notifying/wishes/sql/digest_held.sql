-- What waits for these people's next summary.
select id, person_id, kind, subject from notification
where state = 'held' and digest_id is null and kind <> 'digest' and person_id = any (%(persons)s)
order by created_at
for update
