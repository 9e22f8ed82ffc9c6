-- Employers' mails: all of one application, else those of the last week that are about one, or may be; newest first.
select m.id, m.kind, m.sure, m.suspicious, m.subject, m.sender, m.sender_name, m.body, m.why, coalesce(m.sent_at, m.read_at) as at,
       m.application_id::text, m.candidates, m.effects ->> 'settled' as settled, m.corrected_at, a.title, a.company
from mail m left join application a on a.id = m.application_id and a.erased_at is null
where m.person_id = %(person)s
  and case when %(application)s::uuid is null
           then m.read_at > now() - interval '7 days' and m.kind not in ('recruiter_outreach', 'noise_job_alert', 'other_noise')
                and (m.application_id is not null or m.corrected_at is null)
           else m.application_id = %(application)s::uuid end
order by at desc, m.id desc
limit 40
