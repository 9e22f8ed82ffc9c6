-- One row a board with three runs or more in the last 30 days: whether the last three succeeded with no card, and others had some.
with run as (
    select board, sum(cards) as cards, bool_and(error is null) as fine,
           row_number() over (partition by board order by max(finished_at) desc) as nth
    from board_run where finished_at between %(now)s - interval '30 days' and %(now)s group by board, run_id
)
select board, bool_and(fine and cards = 0) filter (where nth <= 3) and sum(cards) > 0 as bad
from run group by board having count(*) >= 3
