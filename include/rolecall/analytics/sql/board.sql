-- What each board gave on the day, and what it took.
with ran as (
    select board, count(*) as searches, count(*) filter (where outcome <> 'ok') as failed, sum(requests) as requests,
           sum(seconds::numeric)::float8 as seconds, sum(cards) as cards, sum(rejected) as rejected
    from board_run where finished_at >= %(since)s and finished_at < %(until)s group by board
), gave as (
    select board, count(*) as postings, count(*) filter (where duplicate) as duplicates, count(*) filter (where quarantined) as quarantined,
           count(*) filter (where not duplicate and not quarantined) as useful,
           count(age) as dated, percentile_cont(0.5) within group (order by age) as age_median,
           percentile_cont(0.9) within group (order by age) as age_p90
    from seen, lateral (
        select case when posted_at <= first_seen_at then extract(epoch from first_seen_at - posted_at)::float8 / 3600 end as age) a
    where first_seen_at >= %(since)s group by board
)
insert into figures.board (day, board, searches, failed, requests, seconds, cards, rejected, postings, duplicates, quarantined, useful,
                           dated, age_median, age_p90)
select %(day)s, board, coalesce(searches, 0), coalesce(failed, 0), coalesce(requests, 0), coalesce(seconds, 0), coalesce(cards, 0),
       coalesce(rejected, 0), coalesce(postings, 0), coalesce(duplicates, 0), coalesce(quarantined, 0), coalesce(useful, 0),
       coalesce(dated, 0), age_median, age_p90
from ran full join gave using (board)
