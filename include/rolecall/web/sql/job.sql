-- One job as a person sees it: the ad, the match with its reasons, what they said about it, what became of it.
select job.*, mine.score, mine.reasons, mine.recommendations, mine.can_auto_apply, mine.cv_id, mine.matched_at, mark.mark, mark.reason as mark_reason,
       own.id::text as application_id, own.state as application, own.state_reason, held.reason as held_back, held.noted_at as held_at,
       (select coalesce(jsonb_agg(jsonb_build_object('rule', q.rule, 'severity', q.severity, 'reason', q.reason) order by q.severity, q.rule), '[]')
        from quarantine q where q.job_id = job.id) as warnings,
       (select p.description_html from posting p where p.job_id = job.id and p.description_html is not null
        order by p.last_seen_at desc, p.id limit 1) as laid_out,
       (select max((p.raw #>> '{cut,description}')::bigint) from posting p where p.job_id = job.id) as sent_length,
       job.description is null and exists (select from posting p where p.job_id = job.id and p.raw ? 'alert') as from_alert,
       (select max(p.last_seen_at) from posting p where p.job_id = job.id) as last_seen_at
from job
left join lateral (
    select m.* from match m where m.person_id = %(person)s and m.job_id = job.id order by m.gone_at nulls first, m.score desc, m.cv_id limit 1) mine on true
left join job_mark mark on mark.person_id = %(person)s and mark.job_id = job.id
left join lateral (
    select a.id, a.state, a.state_reason from application_lock l join application a on a.id = l.application_id
    where l.person_id = %(person)s and l.job_key = job.id limit 1) own on true
left join lateral (
    select h.reason, h.noted_at from held_back h where h.person_id = %(person)s and h.job_id = job.id order by h.noted_at desc limit 1) held
    on own.id is null or own.state = 'cancelled'
where job.id = %(job)s
