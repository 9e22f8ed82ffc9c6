-- What happened to a person since yesterday, what they have, and what is not set up.
select
    (select count(*) from cv where person_id = %(person)s) as cvs,
    (select max(matched_at) from cv where person_id = %(person)s) as matched_at,
    exists (select from page_password where person_id = %(person)s) as has_password,
    (select count(distinct m.job_id) from match m join job on job.id = m.job_id
     left join job_mark mark on mark.person_id = m.person_id and mark.job_id = job.id
     where m.person_id = %(person)s and m.gone_at is null and job.merged_into is null and job.state <> 'closed'
       and mark.mark is distinct from 'hidden') as scored,   -- as Jobs lists them
    (select count(distinct f.job_id) from figures.first_match f
     where f.person_id = %(person)s and f.matched_at > now() - interval '1 day' and f.score >= %(threshold)s) as new_fitting,
    (select count(*) from job where merged_into is null and created_at > now() - interval '1 day') as new_jobs,
    mine.sent, mine.sent_today, mine.sent_week, mine.leaving,
    (select count(distinct job_id) from held_back where person_id = %(person)s and noted_at > now() - interval '1 day') as held_back,
    (select max(finished_at) from board_run) as searched_at,
    (select bool_and(error is not null) from board_run where finished_at > now() - interval '8 hours') as no_board_answered,
    (select next_at from digest_schedule where person_id = %(person)s) as digest_at,
    (select reason from dead_letter where person_id = %(person)s and queue = 'preferences' limit 1) as odd_wish
from (
    select count(*) filter (where state = 'submitted') as sent,
           count(*) filter (where state = 'submitted' and submitted_at > now() - interval '1 day') as sent_today,
           count(*) filter (where state = 'submitted' and submitted_at > now() - interval '7 days') as sent_week,
           count(*) filter (where state = 'approved') as leaving
    from application where person_id = %(person)s and state in ('submitted', 'approved')
) mine
