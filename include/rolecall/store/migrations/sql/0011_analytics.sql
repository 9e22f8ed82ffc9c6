-- Analytics: figures by day, one view a figure, a role that may only read.
--   figures    tables: what the figures are made of, and the figures of each day
--   analytics  views: one a figure, for any BI tool; nothing in them is about a person

create schema figures;
create schema analytics;
comment on schema figures   is 'Figures of Rolecall by day, and the histories they are made of. Written by the analytics DAG.';
comment on schema analytics is 'One view a figure, for reports and BI tools. Nothing here is about a single person. Role: rolecall_reader.';

-- ── histories: what other tables overwrite or delete, kept with its time, so that a day can be counted again ─────

create table figures.first_match (
    person_id  text             not null,
    source     text             not null,
    job_id     text             not null,
    score      double precision not null,
    matched_at timestamptz      not null,
    primary key (person_id, source, job_id)
);
create index first_match_at on figures.first_match (matched_at);
comment on table figures.first_match is 'When a job first matched a person, and with which score: match itself keeps only the latest. Written by a trigger.';

create function figures.keep_first_match() returns trigger language plpgsql as $$
begin
    insert into figures.first_match (person_id, source, job_id, score, matched_at)
    select distinct on (person_id, source, job_id) person_id, source, job_id, score, matched_at
    from added order by person_id, source, job_id, matched_at, cv_id
    on conflict do nothing;
    return null;
end $$;
create trigger match_kept_for_figures after insert on match
    referencing new table as added for each statement execute function figures.keep_first_match();
insert into figures.first_match
select distinct on (person_id, source, job_id) person_id, source, job_id, score, matched_at
from match order by person_id, source, job_id, matched_at, cv_id;

create table figures.employer_news (
    id             bigint generated always as identity primary key,
    application_id uuid        not null references application (id),
    status         text        not null,
    at             timestamptz not null
);
create index employer_news_application on figures.employer_news (application_id, at);
comment on table figures.employer_news is 'Every status an employer gave an application: application itself keeps only the latest. Written by a trigger.';

create function figures.keep_employer_news() returns trigger language plpgsql as $$
begin
    insert into figures.employer_news (application_id, status, at)
    values (new.id, new.employer_status, coalesce(new.employer_status_at, clock_timestamp()));
    return null;
end $$;
create trigger employer_news_inserted after insert on application for each row
    when (new.employer_status is not null) execute function figures.keep_employer_news();
create trigger employer_news_updated after update of employer_status on application for each row
    when (new.employer_status is not null and new.employer_status is distinct from old.employer_status)
    execute function figures.keep_employer_news();
insert into figures.employer_news (application_id, status, at)
select id, employer_status, coalesce(employer_status_at, updated_at) from application where employer_status is not null;

create table figures.quarantine_span (
    job_id text        not null,
    rule   text        not null,
    since  timestamptz not null,
    until  timestamptz,
    primary key (job_id, rule, since)
);
create index quarantine_span_open on figures.quarantine_span (job_id, rule) where until is null;
comment on table figures.quarantine_span is 'From when to when an error kept a job in quarantine: quarantine itself forgets what was mended. Written by a trigger.';

create function figures.keep_quarantine() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        update figures.quarantine_span s set until = now()
        from gone where (s.job_id, s.rule) = (gone.job_id, gone.rule) and s.until is null;
        return null;
    end if;
    if tg_op = 'UPDATE' then
        update figures.quarantine_span s set until = now()
        from added where (s.job_id, s.rule) = (added.job_id, added.rule) and added.severity <> 'error' and s.until is null;
    end if;
    insert into figures.quarantine_span (job_id, rule, since)
    select a.job_id, a.rule, case tg_op when 'INSERT' then a.quarantined_at else now() end from added a
    where a.severity = 'error'
      and not exists (select from figures.quarantine_span s where (s.job_id, s.rule) = (a.job_id, a.rule) and s.until is null)
    on conflict (job_id, rule, since) do update set until = null;
    return null;
end $$;
create trigger quarantine_kept_on_insert after insert on quarantine
    referencing new table as added for each statement execute function figures.keep_quarantine();
create trigger quarantine_kept_on_update after update on quarantine
    referencing new table as added for each statement execute function figures.keep_quarantine();
create trigger quarantine_kept_on_delete after delete on quarantine
    referencing old table as gone for each statement execute function figures.keep_quarantine();
insert into figures.quarantine_span select job_id, rule, quarantined_at from quarantine where severity = 'error';

create function figures.own_job(board text, external_id text) returns text language sql immutable parallel safe as $$
    select 'j' || left(encode(sha256(convert_to(board || '|' || external_id, 'UTF8')), 'hex'), 16)
$$;
comment on function figures.own_job is 'The id of the job that a posting is alone (include.catalog.profile.job_id).';

create table figures.placement (
    posting_id bigint      not null,
    since      timestamptz not null,
    job_id     text        not null,
    primary key (posting_id, since)
);
comment on table figures.placement is 'Since when a posting belongs to the job of another posting, or to its own again: posting keeps only the latest. Written by a trigger.';

create function figures.keep_placement() returns trigger language plpgsql as $$
declare
    own text := figures.own_job(new.board, new.external_id);
begin
    if old.job_id is not null or new.job_id <> own then
        insert into figures.placement (posting_id, since, job_id) values (new.id, now(), coalesce(new.job_id, own))
        on conflict (posting_id, since) do update set job_id = excluded.job_id;
    end if;
    return null;
end $$;
create trigger placement_kept_for_figures after update of job_id on posting for each row
    when (new.job_id is distinct from old.job_id) execute function figures.keep_placement();
insert into figures.placement (posting_id, since, job_id)
select p.id, coalesce((select min(e.merged_at) from merge_event e where (e.posting_id, e.job_id) = (p.id, p.job_id)), p.first_seen_at), p.job_id
from posting p where p.job_id <> figures.own_job(p.board, p.external_id);

alter table board_run add column seconds double precision not null default 0;  -- the search, from its first request to its last row

create table figures.posting (
    posting_id    bigint      not null,
    known_at      timestamptz not null,
    content       uuid        not null,
    board         text        not null,
    first_seen_at timestamptz not null,
    own_job_id    text        not null,
    posted_at     timestamptz,
    title         text,
    skills        text[]      not null,
    place         text,
    country       text,
    remote        text,
    seniority     text,
    salary        double precision,
    currency      text,
    primary key (posting_id, known_at)
);
create index posting_first_seen on figures.posting (first_seen_at);
comment on table figures.posting is 'What each posting said, read into facts, one row a wording: posting itself keeps only the latest wording. Written by include.analytics.facts.';
comment on column figures.posting.known_at   is 'since when the posting says so (posting.changed_at)';
comment on column figures.posting.content    is 'MD5 of posting.content_hash: which wording was read';
comment on column figures.posting.own_job_id is 'id of the job it is alone; figures.placement says from when it is part of another';
comment on column figures.posting.title      is 'occupation that the title names; null: none we know';
comment on column figures.posting.salary     is 'middle of the range, a year of full-time work, in currency; null: not said, or no currency';

-- ── formulas ────────────────────────────────────────────────────────────────────────────────────────────────

-- Wilson's interval for a share, 95 % (E. B. Wilson, JASA 22, 1927): holds for small samples and for shares near 0 and 1.
create function figures.low(hits numeric, cases numeric) returns double precision language sql immutable parallel safe as $$
    select case when hits <= 0 and cases > 0 then 0 when cases > 0 then greatest(0, (p + zz / (2 * n) - sqrt(zz) * sqrt(p * (1 - p) / n + zz / (4 * n * n))) / (1 + zz / n)) end
    from (select cases::float8 as n, hits::float8 / nullif(cases, 0)::float8 as p, 3.841458820694124::float8 as zz) f
$$;
create function figures.high(hits numeric, cases numeric) returns double precision language sql immutable parallel safe as $$
    select case when hits >= cases and cases > 0 then 1 when cases > 0 then least(1, (p + zz / (2 * n) + sqrt(zz) * sqrt(p * (1 - p) / n + zz / (4 * n * n))) / (1 + zz / n)) end
    from (select cases::float8 as n, hits::float8 / nullif(cases, 0)::float8 as p, 3.841458820694124::float8 as zz) f
$$;

-- How many times as often this week as last week: two Poisson counts over their exposures. Given their sum, the first count is binomial,
-- so Wilson's interval p of its share gives the ratio's: p / (1 - p) (Przyborowski and Wilenski, Biometrika 31, 1940).
create function figures.ratio(now_p double precision, now_of numeric, before_of numeric) returns double precision
language sql immutable parallel safe as $$
    select case when now_p < 1 and now_of > 0 and before_of > 0 then now_p / (1 - now_p) * before_of::float8 / now_of::float8 end
$$;

-- What an employer's status means for the funnel. Who declines has looked.
create function figures.employer_stage(status text) returns text language sql immutable parallel safe as $$
    select case
        when s in ('viewed', 'seen', 'opened', 'in_review', 'reviewing', 'screening', 'shortlisted') then 'viewed'
        when s in ('interview', 'interviewing', 'interview_scheduled', 'interviewed', 'assessment', 'phone_screen') then 'interview'
        when s in ('offer', 'offered', 'hired', 'accepted') then 'offer'
        when s in ('rejected', 'declined', 'not_selected') then 'declined'
    end from (select replace(replace(lower(btrim(status)), ' ', '_'), '-', '_') as s) f
$$;

-- ── the figures of each day ───────────────────────────────────────────────────────────────────────────────────

create table figures.funnel (
    day          date not null,
    person_id    text not null,
    step         int  not null check (step between 1 and 7),
    stage        text not null,
    reached      int  not null,
    on_day       int  not null,
    timed        int  not null,
    hours_median double precision,
    hours_p90    double precision,
    primary key (day, person_id, step)
);
create index funnel_person on figures.funnel (person_id, day);
comment on table figures.funnel is 'Pairs of a person and a job that had come to a stage by the end of the day. person_id '''': everybody.';
comment on column figures.funnel.timed is 'pairs that came to the stage within 28 days and of which the time since the stage before is known';

create table figures.board (
    day           date not null,
    board         text not null,
    searches      int  not null,
    failed        int  not null,
    requests      int  not null,
    seconds       double precision not null,
    cards         int  not null,
    rejected      int  not null,
    postings      int  not null,
    duplicates    int  not null,
    quarantined   int  not null,
    useful        int  not null,
    dated         int  not null,
    age_median    double precision,
    age_p90       double precision,
    primary key (day, board)
);
comment on table figures.board is 'What each board gave on the day and what it took to get it.';

create table figures.week (
    day          date not null,
    dimension    text not null check (dimension in ('jobs', 'board', 'skill', 'title', 'place', 'remote', 'seniority', 'funnel')),
    value        text not null,
    jobs         int  not null,
    jobs_before  int  not null,
    total        int  not null,
    total_before int  not null,
    primary key (day, dimension, value)
);
comment on table figures.week is 'New jobs (in funnel: pairs) of the seven days up to the day, and of the seven days before, by what they are or ask for.';

create table figures.salary (
    day       date not null,
    currency  text not null,
    dimension text not null check (dimension in ('all', 'title', 'country', 'remote', 'seniority')),
    value     text not null,
    n         int  not null,
    p10       double precision not null,
    p25       double precision not null,
    p50       double precision not null,
    p75       double precision not null,
    p90       double precision not null,
    primary key (day, currency, dimension, value)
);
comment on table figures.salary is 'Quantiles of the yearly salaries that new jobs of the last 28 days named; groups of five jobs at least.';

create table figures.score (
    day     date not null,
    bucket  int  not null check (bucket between 0 and 19),
    on_day  int  not null,
    month   int  not null,
    decided int  not null,
    invited int  not null,
    primary key (day, bucket)
);
comment on table figures.score is 'Match scores in steps of 0.05 (bucket 14: 0.70 to 0.75): new matches, and what became of applications.';
comment on column figures.score.decided is 'applications that were answered with an interview, an offer or a no, or not within 30 days';
comment on column figures.score.invited is 'of these: an interview or an offer';

create table figures.change (
    day       date not null,
    place     int  not null check (place between 1 and 3),
    dimension text not null,
    value     text not null,
    z         double precision not null,
    compared  int  not null,
    primary key (day, place)
);
comment on table figures.change is 'What changed most since the week before, beyond chance for as many figures as were compared.';

-- ── views: one a figure ───────────────────────────────────────────────────────────────────────────────────────

create view analytics.funnel as
    select day, step, stage, reached, on_day,
           lag(reached) over before as out_of,
           reached::float8 / nullif(lag(reached) over before, 0) as rate,
           figures.low(reached, lag(reached) over before)  as rate_low,
           figures.high(reached, lag(reached) over before) as rate_high
    from figures.funnel where person_id = ''
    window before as (partition by day order by step);
comment on view analytics.funnel is 'Funnel of everybody: seen, matched, approved, submitted, viewed, interview, offer; unit: pairs of a person and a job.';

create view analytics.funnel_time as
    select day, step, stage, timed as n, hours_median, hours_p90 from figures.funnel where person_id = '' and step > 1;
comment on view analytics.funnel_time is 'Hours from the stage before to this one, of pairs that came to it within 28 days.';

create view analytics.board_yield as
    select day, board, searches, failed, cards, rejected, postings as n, useful, useful::float8 / nullif(postings, 0) as rate,
           figures.low(useful, postings) as rate_low, figures.high(useful, postings) as rate_high
    from figures.board;
comment on view analytics.board_yield is 'Useful new jobs by board and day: new postings that are nobody''s duplicate and not in quarantine.';

create view analytics.board_freshness as
    select day, board, dated as n, age_median as hours_median, age_p90 as hours_p90 from figures.board;
comment on view analytics.board_freshness is 'Hours between the date of a posting and our first sight of it, by board and day.';

create view analytics.board_duplicates as
    select day, board, postings as n, duplicates, duplicates::float8 / nullif(postings, 0) as rate,
           figures.low(duplicates, postings) as rate_low, figures.high(duplicates, postings) as rate_high
    from figures.board;
comment on view analytics.board_duplicates is 'Share of a board''s new postings that another posting had told before.';

create view analytics.board_quarantine as
    select day, board, postings as n, quarantined, quarantined::float8 / nullif(postings, 0) as rate,
           figures.low(quarantined, postings) as rate_low, figures.high(quarantined, postings) as rate_high
    from figures.board;
comment on view analytics.board_quarantine is 'Share of a board''s new postings that were in quarantine at the end of the day.';

create view analytics.board_cost as
    select day, board, requests, seconds, useful as n, requests::float8 / nullif(useful, 0) as requests_per_job,
           seconds / nullif(useful, 0) as seconds_per_job
    from figures.board;
comment on view analytics.board_cost is 'Requests and seconds of scraping for each useful new job, by board and day.';

create view analytics.trend as
    select day, dimension, value, jobs, jobs_before, total, total_before,
           case when total > 0 then jobs::float8 / total end as share,
           case when total > 0 then figures.low(jobs, total) end as share_low,
           case when total > 0 then figures.high(jobs, total) end as share_high,
           figures.ratio(jobs::float8 / nullif(jobs + jobs_before, 0), exposure, exposure_before) as ratio,
           figures.ratio(figures.low(jobs, jobs + jobs_before), exposure, exposure_before)  as ratio_low,
           figures.ratio(figures.high(jobs, jobs + jobs_before), exposure, exposure_before) as ratio_high
    from figures.week,
         lateral (select case when dimension in ('jobs', 'funnel') then 1 else total end as exposure,
                         case when dimension in ('jobs', 'funnel') then 1 else total_before end as exposure_before) e;
comment on view analytics.trend is 'This week against the week before. Skills, titles, places, boards: their share of all new jobs, so that scraping more is no trend.';

create view analytics.demand_skill as select * from analytics.trend where dimension = 'skill';
create view analytics.demand_title as select * from analytics.trend where dimension = 'title';
create view analytics.demand_place as select * from analytics.trend where dimension = 'place';
create view analytics.remote_share as select * from analytics.trend where dimension = 'remote';
comment on view analytics.demand_skill is 'New jobs of seven days that name a skill.';
comment on view analytics.demand_title is 'New jobs of seven days by the occupation that their title names.';
comment on view analytics.demand_place is 'New jobs of seven days by place.';
comment on view analytics.remote_share is 'New jobs of seven days by where the work is done.';

create view analytics.salary as select * from figures.salary;
comment on view analytics.salary is 'Quantiles of yearly salaries in new jobs of 28 days, with the sample''s size.';

create view analytics.match_score as
    select day, bucket, bucket / 20.0::float8 as score_from, (bucket + 1) / 20.0::float8 as score_to, on_day, month as n from figures.score;
comment on view analytics.match_score is 'Distribution of first match scores: on the day, and in 28 days up to it.';

create view analytics.calibration as
    select day, bucket, bucket / 20.0::float8 as score_from, (bucket + 1) / 20.0::float8 as score_to, decided as n, invited,
           invited::float8 / nullif(decided, 0) as rate, figures.low(invited, decided) as rate_low, figures.high(invited, decided) as rate_high
    from figures.score;
comment on view analytics.calibration is 'Share of decided applications that led to an interview or an offer, by match score.';

create view analytics.score_auc as                     -- Mann and Whitney's U over the steps of the score; a tie counts half
    select day, sum(decided)::int as n, sum(invited)::int as invited,
           sum(invited * (below + (decided - invited) / 2.0))::float8 / nullif(sum(invited) * sum(decided - invited), 0)::float8 as auc
    from (select *, coalesce(sum(decided - invited) over (partition by day order by bucket rows between unbounded preceding and 1 preceding), 0)
                    as below from figures.score) f
    group by day;
comment on view analytics.score_auc is 'How often an application that led to an interview had the better score than one that did not: 0.5 is chance, 1 is perfect.';

create view analytics.change as
    select c.day, c.place, c.dimension, c.value, c.z, c.compared, t.jobs, t.jobs_before, t.total, t.total_before, t.share,
           t.ratio, t.ratio_low, t.ratio_high
    from figures.change c join analytics.trend t using (day, dimension, value);
comment on view analytics.change is 'The up to three things that changed most since the week before.';

do $$
declare
    what record;
begin
    for what in
        select format('comment on column analytics.%I.%I is %L', a.table_name, a.column_name, said.text) as statement
        from information_schema.columns a join (values
            ('day', 'the day, in UTC; figures use only what happened before its end'), ('step', 'number of the stage, 1 to 7'),
            ('stage', 'stage of the funnel'), ('reached', 'pairs that had come to the stage, ever'), ('on_day', 'of these: on the day'),
            ('out_of', 'pairs at the stage before'), ('rate', 'share, 0 to 1'), ('rate_low', 'lower end of the 95 % interval (Wilson)'),
            ('rate_high', 'upper end of the 95 % interval (Wilson)'), ('n', 'size of the sample'), ('hours_median', 'hours, median'),
            ('hours_p90', 'hours, 90th percentile'), ('board', 'job board'), ('searches', 'searches made'), ('failed', 'searches that failed'),
            ('cards', 'cards read'), ('rejected', 'cards that could not be read'), ('useful', 'new jobs, neither duplicate nor quarantined'),
            ('duplicates', 'new postings of jobs that were known'), ('quarantined', 'new postings in quarantine'),
            ('requests', 'requests to the board'), ('seconds', 'seconds of scraping'), ('requests_per_job', 'requests a useful job'),
            ('seconds_per_job', 'seconds a useful job'), ('dimension', 'by what is counted'), ('value', 'what is counted'),
            ('jobs', 'new jobs in the seven days up to the day'), ('jobs_before', 'new jobs in the seven days before'),
            ('total', 'all new jobs of the seven days'), ('total_before', 'all new jobs of the seven days before'),
            ('share', 'share of all new jobs, 0 to 1'), ('share_low', 'lower end of the 95 % interval (Wilson)'),
            ('share_high', 'upper end of the 95 % interval (Wilson)'), ('ratio', 'times as often as the week before'),
            ('ratio_low', 'lower end of the 95 % interval'), ('ratio_high', 'upper end of the 95 % interval; null: open'),
            ('currency', 'currency of the salaries'), ('p10', '10th percentile, a year'), ('p25', 'lower quartile, a year'),
            ('p50', 'median, a year'), ('p75', 'upper quartile, a year'), ('p90', '90th percentile, a year'),
            ('bucket', 'step of the score, 0 to 19'), ('score_from', 'least score of the step'), ('score_to', 'the step ends below this score'),
            ('invited', 'applications that led to an interview or an offer'), ('auc', 'area under the ROC curve, 0 to 1'),
            ('place', '1: changed most'), ('z', 'size of the change in standard errors; negative: fewer'), ('compared', 'figures compared')
        ) as said (name, text) on said.name = a.column_name
        where a.table_schema = 'analytics'
    loop
        execute what.statement;
    end loop;
end $$;

-- ── the reader: a group for BI tools' logins ──────────────────────────────────────────────────────────────────

-- Roles belong to the server, not to the database, and not everybody may make one.
create function analytics.let_read() returns void language plpgsql as $$
begin
    if not exists (select from pg_roles where rolname = 'rolecall_reader') then
        begin
            create role rolecall_reader nologin;
        exception
            when duplicate_object or unique_violation then null;   -- another database of this server was quicker
            when insufficient_privilege then
                raise notice 'no right to create the role rolecall_reader: create it, then select analytics.let_read()';
                return;
        end;
    end if;
    grant usage on schema analytics to rolecall_reader;
    grant select on all tables in schema analytics to rolecall_reader;
end $$;
comment on function analytics.let_read() is 'Makes the role rolecall_reader, if need be, and lets it read the views: again after a restore on another server.';
revoke execute on function analytics.let_read() from public;
select analytics.let_read();
