-- Match scores in twenty steps: new matches, and what became of applications. Silence for 30 days is an answer too.
with matched as (
    select least(19, floor(score::numeric * 20)::int) as bucket, count(*) filter (where matched_at >= %(since)s) as on_day, count(*) as month
    from figures.first_match where matched_at >= %(month)s and matched_at < %(until)s group by 1
), decided as (
    select least(19, floor(score::numeric * 20)::int) as bucket, count(*) as decided, count(interview_at) as invited
    from pair
    where submitted_at is not null
      and (interview_at is not null or declined_at is not null or submitted_at < %(until)s::timestamptz - interval '30 days')
    group by 1
)
insert into figures.score (day, bucket, on_day, month, decided, invited)
select %(day)s, bucket, coalesce(on_day, 0), coalesce(month, 0), coalesce(decided, 0), coalesce(invited, 0)
from matched full join decided using (bucket)
