-- What the page asks of one person is answered by an index of that person, and what one application caused by one of the application.
create index cv_of_person on cv (person_id, updated_at desc);
create index application_of_person_in_state on application (person_id, state, created_at desc, id desc) include (submitted_at);
create index notification_about on notification (split_part(dedupe_key, ':', 2));   -- kind:application:channel
create index held_back_else on held_back (person_id, source, job_id) where rule <> 'below_threshold';
create index board_run_finished on board_run (finished_at desc);

-- Whose rows of the audit log a hash stands for, for whoever runs Rolecall: an erased person's key is gone, and so is the way back.
create function audit_people() returns table (hash text, person_id text) language sql stable security definer set search_path = public, pg_temp
as $$ select keyed_sha256(key, audit_key.person_id), audit_key.person_id from audit_key where sees_everybody() $$;
