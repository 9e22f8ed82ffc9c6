-- Lands a batch of postings in one statement; one row back for each row written: new, changed, detailed or not.
--   A card (detailed = false) renews what cards show and never erases what only a detail page gave.
--   A detail page (detailed = true) adds the rest and leaves the card's fields alone, so that two spellings of one
--   place ("Czechia", "Czech Republic") do not count as a change twice a day.
--   A date that was only relative ("1 week ago") never replaces a known one: it would drift from run to run.
with incoming as (
    select i.*
    from jsonb_to_recordset(%(postings)s::jsonb) as i (
        board text, external_id text, url text, title text, company text, location text, city text, region text, country text, remote text,
        posted_at timestamptz, description text, description_html text, employment_type text, seniority text,
        salary_min numeric, salary_max numeric, salary_currency text, salary_interval text,
        apply_url text, apply_kind text, expired boolean, raw jsonb, places jsonb, posted_is_relative boolean)
    where (%(door)s <> 'bulk' or not exists (   -- our own delivery coming back: nothing to do, and no row lock to wait for
        select from posting p where p.board = i.board and p.external_id = i.external_id and p.door = 'scrape'))
      and not (%(replayed)s and exists (        -- history never undoes what was seen later
        select from posting p where p.board = i.board and p.external_id = i.external_id
           and case when %(detailed)s then p.detailed_at else p.last_seen_at end > %(now)s))
),
known as (                                      -- locked in one order, so that two runs never wait for each other in a circle
    select p.* from posting p join incoming using (board, external_id) order by p.board collate "C", p.external_id collate "C" for update of p
),
paired as (                                     -- a place is one fact and a salary is one fact: their columns come from one answer
    select
        i as i, k as k,
        coalesce(k.location, '') <> '' and (%(detailed)s or i.location = '') as keeps_place,
        k.location = i.location as same_place,  -- what another search's page said of it (its country, say) is still true
        (i.salary_min is null and i.salary_max is null)
            or (%(detailed)s and (k.salary_min is not null or k.salary_max is not null)) as keeps_salary
    from incoming i left join known k using (board, external_id)
),
merged as (
    select
        (i).board, (i).external_id,
        case when %(detailed)s then coalesce((k).url, (i).url) else (i).url end as url,
        case when %(detailed)s then coalesce((k).title, (i).title) else (i).title end as title,
        case when %(detailed)s then coalesce(nullif((k).company, ''), (i).company) else coalesce(nullif((i).company, ''), (k).company, '') end
            as company,
        case when keeps_place then (k).location else (i).location end as location,
        case when keeps_place then (k).city when same_place then coalesce((i).city, (k).city) else (i).city end as city,
        case when keeps_place then (k).region when same_place then coalesce((i).region, (k).region) else (i).region end as region,
        case when keeps_place then (k).country when same_place then coalesce((i).country, (k).country) else (i).country end as country,
        coalesce(case when keeps_place then (k).places else (i).places end, '[]') as places,
        case when %(detailed)s then coalesce((k).remote, (i).remote) else coalesce((i).remote, (k).remote) end as remote,
        case when %(detailed)s or (i).posted_is_relative then coalesce((k).posted_at, (i).posted_at)
            else coalesce((i).posted_at, (k).posted_at) end as posted_at,
        coalesce((i).description, (k).description) as description,
        coalesce((i).description_html, (k).description_html) as description_html,
        coalesce((i).employment_type, (k).employment_type) as employment_type,
        coalesce((i).seniority, (k).seniority) as seniority,
        case when keeps_salary then (k).salary_min else (i).salary_min end as salary_min,
        case when keeps_salary then (k).salary_max else (i).salary_max end as salary_max,
        case when keeps_salary then (k).salary_currency else (i).salary_currency end as salary_currency,
        case when keeps_salary then (k).salary_interval else (i).salary_interval end as salary_interval,
        coalesce((i).apply_url, (k).apply_url) as apply_url,
        case when (i).apply_url is null and (k).apply_url is not null then (k).apply_kind
            else coalesce((i).apply_kind, (k).apply_kind) end as apply_kind,
        case when %(detailed)s then (i).expired else (i).expired or coalesce((k).expired, false) end as expired,
        coalesce((k).raw, '{}') || (i).raw as raw
    from paired
),
hashed as (
    select m.*, encode(sha256(convert_to((jsonb_build_array(
        m.url, m.title, m.company, m.location, m.city, m.region, m.country, m.remote, extract(epoch from m.posted_at),
        m.description, m.description_html, m.employment_type, m.seniority, trim_scale(m.salary_min), trim_scale(m.salary_max),
        m.salary_currency, m.salary_interval, m.apply_url, m.apply_kind, m.expired)
        -- one place is what location, city, region and country say already
        || case when jsonb_array_length(m.places) > 1 then jsonb_build_array(m.places) else '[]' end)::text, 'UTF8')), 'hex') as content_hash
    from merged m
)
insert into posting as p (
    board, external_id, url, title, company, location, city, region, country, places, remote, posted_at, description, description_html,
    employment_type, seniority, salary_min, salary_max, salary_currency, salary_interval, apply_url, apply_kind, expired, raw, content_hash,
    door, first_seen_at, last_seen_at, changed_at, detailed_at, delivered_at)
select
    board, external_id, url, title, company, location, city, region, country, places, remote, posted_at, description, description_html,
    employment_type, seniority, salary_min, salary_max, salary_currency, salary_interval, apply_url, apply_kind, expired, raw, content_hash,
    %(door)s, %(now)s, %(now)s, %(now)s,
    case when %(detailed)s then %(now)s::timestamptz end,
    case when %(door)s = 'bulk' then %(now)s::timestamptz end
from hashed
order by board collate "C", external_id collate "C"
on conflict (board, external_id) do update set
    url = excluded.url, title = excluded.title, company = excluded.company, location = excluded.location, city = excluded.city,
    region = excluded.region, country = excluded.country, places = excluded.places, remote = coalesce(excluded.remote, p.remote),
    posted_at = coalesce(excluded.posted_at, p.posted_at),
    -- coalesced once more for the row that another run inserted since the snapshot of this statement
    description = coalesce(excluded.description, p.description),
    description_html = coalesce(excluded.description_html, p.description_html),
    employment_type = coalesce(excluded.employment_type, p.employment_type),
    seniority = coalesce(excluded.seniority, p.seniority),
    salary_min = excluded.salary_min, salary_max = excluded.salary_max,
    salary_currency = excluded.salary_currency, salary_interval = excluded.salary_interval,
    apply_url = coalesce(excluded.apply_url, p.apply_url), apply_kind = coalesce(excluded.apply_kind, p.apply_kind),
    expired = excluded.expired, raw = excluded.raw, content_hash = excluded.content_hash, door = excluded.door,
    first_seen_at = least(p.first_seen_at, excluded.first_seen_at),
    last_seen_at = case when %(detailed)s then p.last_seen_at else greatest(p.last_seen_at, excluded.last_seen_at) end,
    changed_at = case when p.content_hash is distinct from excluded.content_hash then excluded.changed_at else p.changed_at end,
    detailed_at = greatest(excluded.detailed_at, p.detailed_at),
    delivered_at = case when excluded.door = 'bulk' or p.content_hash is distinct from excluded.content_hash
        then excluded.delivered_at else p.delivered_at end
returning
    new.board, new.external_id, new.url,
    old.id is null as is_new,
    old.id is not null and old.content_hash is distinct from new.content_hash as is_changed,
    new.detailed_at is null as is_undetailed
