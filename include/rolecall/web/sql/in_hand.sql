-- What each stage has in hand at this moment.
select (select count(*) from posting where aggregated_hash is distinct from content_hash) as catalog,
       (select count(*) from cv where matched_at is null or matched_at < updated_at) as matches,
       (select count(*) from application where state in ('approved', 'submitting')) as applications,
       (select count(*) from notification where state in ('queued', 'sending')) as messages
