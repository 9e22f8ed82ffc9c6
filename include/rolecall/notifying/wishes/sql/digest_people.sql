-- People with something to tell whose hour has come, or who have none yet; the age of their oldest news.
with news as (
    select m.person_id, min(m.matched_at) as oldest
    from good_match m
    left join job j on j.id = m.job_id
    where m.gone_at is null and not m.already_applied and (j.id is null or j.state not in ('quarantined', 'closed'))
      and not exists (select from told_match t where (t.person_id, t.source, t.job_id) = (m.person_id, m.source, m.job_id))
      and not exists (select from application_lock l where l.person_id = m.person_id and l.job_key = coalesce(j.merged_into, m.job_id))
    group by m.person_id
    union all
    select person_id, min(created_at) from notification
    where state = 'held' and digest_id is null and kind <> 'digest' and person_id is not null
    group by person_id
)
select p.id, p.email, p.phone, p.preferences, s.next_at, min(news.oldest) as oldest
from news
join person p on p.id = news.person_id
left join digest_schedule s on s.person_id = p.id
where (s.next_at is null or s.next_at <= %(now)s)
  and not exists (select from message_stop stop where (stop.person_id, stop.kind) = (p.id, 'digest'))
group by p.id, s.next_at
