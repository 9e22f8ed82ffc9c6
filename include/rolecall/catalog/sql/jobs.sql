-- Writes the jobs of the placed postings, each field by its rule; one row back for each job written.
--   title, company, description     of the best described posting: one that is open before one that expired, then the longest description
--   place                           of the first in that order that names a city, else a place at all; its columns together
--   places                          of all of them, each once, in the order of places; the first 50
--   salary                          of the first in that order that names one; its columns together
--   remote, contract, seniority     the first in that order that says so
--   posted_at                       the earliest
--   source, url, apply_*            of the posting an application goes through: open, with an address to apply at, else the smallest
with posting_of as (
    select placed.job_id, p.*, p.board || '|' || p.external_id as name,
           row_number() over (partition by placed.job_id
               order by p.expired, octet_length(p.description) desc nulls last, p.board collate "C", p.external_id collate "C") as nth,
           row_number() over (partition by placed.job_id
               order by p.expired, p.apply_url is null, p.board collate "C", p.external_id collate "C") as door_nth
    from placed join (
        select id, board, external_id, merge_key, title, company, location, city, region, country, places, remote, posted_at, description,
               employment_type, seniority, salary_min, salary_max, salary_currency, salary_interval, url, apply_url, apply_kind, expired
        from posting
    ) p on p.id = placed.posting_id
),
chosen as (
    select job_id,
        (array_agg(id order by nth))[1] as best,
        (array_agg(id order by door_nth))[1] as door,
        (array_agg(id order by city is null, location = '', nth))[1] as place,
        (array_agg(id order by nth) filter (where salary_min is not null or salary_max is not null))[1] as salary,
        (array_agg(company order by nth) filter (where company <> ''))[1] as company,
        (array_agg(remote order by nth) filter (where remote is not null))[1] as remote,
        (array_agg(employment_type order by nth) filter (where employment_type is not null))[1] as employment_type,
        (array_agg(seniority order by nth) filter (where seniority is not null))[1] as seniority,
        min(posted_at) as posted_at,
        (array_agg(name order by nth) filter (where company <> ''))[1] as company_from,
        (array_agg(name order by nth) filter (where remote is not null))[1] as remote_from,
        (array_agg(name order by nth) filter (where employment_type is not null))[1] as employment_type_from,
        (array_agg(name order by nth) filter (where seniority is not null))[1] as seniority_from,
        (array_agg(name order by posted_at, nth) filter (where posted_at is not null))[1] as posted_at_from,
        not bool_and(expired) as is_open
    from posting_of
    group by job_id
),
every_place as (                                -- with the place that stands in the columns first
    select job_id, jsonb_agg(named order by first) as places
    from (
        select job_id, named, first, row_number() over (partition by job_id order by first) as nth_place
        from (
            select posting_of.job_id, each_one.named,
                   min(array[case when posting_of.id = chosen.place then 0 else 1 end, posting_of.nth, each_one.at]) as first
            from posting_of
            join chosen using (job_id)
            cross join jsonb_array_elements(posting_of.places) with ordinality as each_one (named, at)
            group by posting_of.job_id, each_one.named
        ) as distinct_places
    ) as numbered
    where nth_place <= 50
    group by job_id
),
fields as (
    select c.job_id, best.merge_key, best.title, coalesce(c.company, '') as company, place.location, place.city, place.region, place.country,
           coalesce(every_place.places, '[]') as places, c.remote, c.posted_at, best.description, c.employment_type, c.seniority,
           salary.salary_min, salary.salary_max, salary.salary_currency, salary.salary_interval,
           door.url, door.apply_url, door.apply_kind, door.board as source, c.is_open,
           jsonb_strip_nulls(jsonb_build_object(
               'title', best.board || '|' || best.external_id,
               'description', case when best.description is not null then best.board || '|' || best.external_id end,
               'company', c.company_from,
               'location', place.board || '|' || place.external_id,
               'remote', c.remote_from,
               'employment_type', c.employment_type_from,
               'seniority', c.seniority_from,
               'salary', salary.board || '|' || salary.external_id,
               'posted_at', c.posted_at_from,
               'url', door.board || '|' || door.external_id)) as field_sources
    from chosen c
    join posting best on best.id = c.best
    join posting door on door.id = c.door
    join posting place on place.id = c.place
    left join posting salary on salary.id = c.salary
    left join every_place on every_place.job_id = c.job_id
),
hashed as (
    select f.*, encode(sha256(convert_to((jsonb_build_array(
        title, company, location, city, region, country, remote, extract(epoch from posted_at), md5(description), employment_type, seniority,
        trim_scale(salary_min), trim_scale(salary_max), salary_currency, salary_interval, url, apply_url, apply_kind, source,
        is_open)
        || case when jsonb_array_length(places) > 1 then jsonb_build_array(places) else '[]' end)::text, 'UTF8')), 'hex') as content_hash
    from fields f
)
insert into job as j (id, merge_key, title, company, location, city, region, country, places, remote, posted_at, description, employment_type,
    seniority, salary_min, salary_max, salary_currency, salary_interval, url, apply_url, apply_kind, source, content_hash, field_sources)
select job_id, merge_key, title, company, location, city, region, country, places, remote, posted_at, description, employment_type,
    seniority, salary_min, salary_max, salary_currency, salary_interval, url, apply_url, apply_kind, source, content_hash, field_sources
from hashed
order by job_id
on conflict (id) do update set
    merge_key = excluded.merge_key, title = excluded.title, company = excluded.company, location = excluded.location,
    city = excluded.city, region = excluded.region, country = excluded.country, places = excluded.places, remote = excluded.remote,
    posted_at = excluded.posted_at, description = excluded.description, employment_type = excluded.employment_type,
    seniority = excluded.seniority, salary_min = excluded.salary_min, salary_max = excluded.salary_max,
    salary_currency = excluded.salary_currency, salary_interval = excluded.salary_interval, url = excluded.url,
    apply_url = excluded.apply_url, apply_kind = excluded.apply_kind, source = excluded.source,
    content_hash = excluded.content_hash, field_sources = excluded.field_sources,
    -- not good before it is checked again
    state = case when j.content_hash is distinct from excluded.content_hash then 'new' else j.state end,
    validated_hash = case when j.content_hash is distinct from excluded.content_hash then null else j.validated_hash end,
    changed_at = case when j.content_hash is distinct from excluded.content_hash then now() else j.changed_at end
where (j.content_hash, j.merge_key, j.field_sources) is distinct from (excluded.content_hash, excluded.merge_key, excluded.field_sources)
returning old.id is null as is_new, old.content_hash is distinct from new.content_hash as is_changed
