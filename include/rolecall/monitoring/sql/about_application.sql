select jsonb_build_object(
    'application', to_jsonb(application) - 'letter',
    'letter', application.letter,
    'events', (select jsonb_agg(to_jsonb(event) - 'application_id' order by event.id)
               from application_event event where event.application_id = application.id),
    'approval', jsonb_build_object('required', application.approval_required, 'by', application.approved_by, 'at', application.approved_at,
                                   'hash', application.approval_hash),
    'evidence', (select jsonb_agg(to_jsonb(settlement) - 'application_id' order by settlement.id)
                 from settlement where settlement.application_id = application.id),
    'match', (select to_jsonb(match) - 'letter' from match
              where match.person_id = application.person_id and match.cv_id = application.cv_id
                and match.source = application.source and match.job_id = application.job_id),
    'cv', (select jsonb_build_object('sha256', document.sha256, 'body', document.body)
           from document where document.sha256 = application.cv_sha256),
    'request', (select jsonb_build_object('key', submission.key, 'platform', submission.platform, 'body_sha256', submission.body_sha256,
                                          'state', submission.state, 'answer', submission.answer, 'at', submission.created_at)
                from submission where submission.key = application.idempotency_key),
    'owed', (select jsonb_agg(to_jsonb(outbox) order by outbox.id) from outbox where outbox.key in (application.idempotency_key, application.id::text)),
    'messages', (select jsonb_agg(jsonb_build_object('kind', kind, 'type', type, 'state', state, 'subject', subject, 'sent_at', sent_at,
                                                     'provider_id', provider_id, 'error', error) order by created_at)
                 from notification where split_part(dedupe_key, ':', 2) = application.id::text),
    'audit', (select jsonb_agg(to_jsonb(audit) order by audit.id) from audit where audit.subject = 'application:' || application.id::text)
) as dossier
from application where application.id = %(id)s::uuid
