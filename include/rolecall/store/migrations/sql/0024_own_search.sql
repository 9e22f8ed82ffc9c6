-- A person's own search: their own threshold, the best of it also below, and what was left out.

-- From which score on a match counts for a person: what their criteria say, else the seed's 70 %. A value that is none counts as not said.
create function match_threshold(preferences jsonb) returns double precision language sql immutable parallel safe as $$
    select coalesce((
        select said.value::numeric
        from jsonb_each(case when jsonb_typeof(preferences -> 'criteria') = 'object' then preferences -> 'criteria' else '{}' end) said
        where said.key in ('threshold', 'minScore', 'min_score') and jsonb_typeof(said.value) = 'number'
          and case when jsonb_typeof(said.value) = 'number' then said.value::numeric between 0 and 1 end
        order by said.key = 'threshold' desc, said.key
        limit 1), 0.7)::float8
$$;

alter table match add column gone_at timestamptz;      -- the newest matching did not find it any more: closed, merged, or against a wish
alter table cv add column matching jsonb not null default '{}';    -- of the newest matching: {"jobs", "leftOut": {criterion: jobs}}

-- As in 0011, and: a match below the person's threshold is none for the figures, until it is one.
create or replace function figures.keep_first_match() returns trigger language plpgsql as $$
begin
    insert into figures.first_match (person_id, source, job_id, score, matched_at)
    select distinct on (person_id, source, job_id) person_id, source, job_id, score, matched_at
    from added left join person on person.id = added.person_id
    where added.score >= match_threshold(person.preferences)
    order by person_id, source, job_id, matched_at, cv_id
    on conflict do nothing;
    return null;
end $$;
create trigger match_kept_for_figures_later after update on match
    referencing new table as added for each statement execute function figures.keep_first_match();

-- Matches that count: at or above the person's own threshold.
create view good_match as
    select match.* from match left join person on person.id = match.person_id where match.score >= match_threshold(person.preferences);
