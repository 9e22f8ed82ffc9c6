-- Each board's latest searches: when, what they gave, their last error.
select board, max(finished_at) as at, sum(cards) filter (where finished_at > now() - interval '1 day')::bigint as cards,
       sum(landed) filter (where finished_at > now() - interval '1 day')::bigint as landed,
       count(*) filter (where error is not null and finished_at > now() - interval '1 day')::bigint as failed,
       (array_agg(outcome order by finished_at desc))[1] as outcome,
       (array_agg(error order by finished_at desc) filter (where error is not null and finished_at > now() - interval '1 day'))[1] as error
from board_run where finished_at > now() - interval '14 days'
group by board order by board
