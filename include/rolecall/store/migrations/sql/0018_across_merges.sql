-- One job is one job, however it came to be one: closed, declined, or known under another service's id.

-- What the application's job is by now: the job it was merged into, the one the catalog has come to know, or what it was.
create function application_job(a application) returns text language sql stable as $$
    with recursive path as (
        select known.id, known.merged_into, 0 as depth
        from (select job.id, job.merged_into from job where job.id in (a.job_key, a.job_id) order by job.id = a.job_key desc limit 1) known
        union all
        select job.id, job.merged_into, depth + 1 from path join job on job.id = path.merged_into where depth < 50
    )
    select coalesce((select id from path order by depth desc limit 1), a.job_key)
$$;

-- As in 0015, and: a job that only another service knew when it was planned, and that the catalog knows by now, is that job.
create or replace function application_twins(person text, own uuid) returns table (application_id uuid, state text)
language sql stable as $$
    with recursive path as (
        select a.id, a.state, coalesce(known.id, a.job_key) as job, 0 as depth
        from application a
        left join lateral (select job.id from job where job.id in (a.job_key, a.job_id) order by job.id = a.job_key desc limit 1) known on true
        where a.person_id = person
        union all
        select path.id, path.state, job.merged_into, depth + 1
        from path join job on job.id = path.job where job.merged_into is not null and depth < 50
    ), job_of as (
        select distinct on (id) id, path.state, job from path order by id, depth desc
    ), target as (
        select job from job_of where id = own
    )
    select j.id, j.state from job_of j where j.id <> own and j.job = (select job from target)
$$;

-- Whether the person's last word on what is this job by now is a no, said about another application for it. Silence is no no (plan.NO_ANSWER).
create function application_declined(a application) returns boolean language sql stable as $$
    select exists (
        select from application_twins(a.person_id, a.id) twin join application other on other.id = twin.application_id
        where other.state = 'cancelled' and other.state_reason <> 'nobody answered in time'
          and other.updated_at > coalesce(greatest(a.approved_at, (
              select max(e.at) from application_event e
              where e.application_id = a.id and e.from_state = 'cancelled' and e.reason like 'the no was taken back%')), '-infinity'))
$$;

-- As in 0015, and: a no and the end of a job hold across merges.
create or replace function application_hold(a application) returns text language sql stable as $$
    select case
        when (a.approval_required or a.approval_hash is not null) and a.approval_hash is distinct from application_content_hash(a)
            then 'the letter or the CV changed after it was approved'
        when exists (select from application_lock l cross join lateral doubtful_siblings(a.person_id, l.job_key, a.id) sibling
                     where l.application_id = a.id and sibling.state in ('submitting', 'submitted', 'uncertain'))
            then 'it may be a job that was applied for already'
        when exists (select from application_twins(a.person_id, a.id) twin
                     where twin.state in ('submitting', 'submitted', 'uncertain', 'refused'))
            then 'it is the same job as one that was applied for already'
        when application_declined(a)
            then 'it is the same job as one that was declined or taken back'
        when exists (select from cv where cv.id = a.cv_id and cv.person_id = a.person_id and cv.sha256 <> a.cv_version)
            then 'the CV changed after the letter was written'
        when exists (select from person p where p.id = a.person_id and p.preferences ->> 'auto_apply' = 'false')
            then 'the consent to automatic applications was withdrawn'
        when exists (select from job where job.id = application_job(a) and job.state = 'closed')
            then 'the job was closed'
    end
$$;

-- As in 0005, and: every name under which plan.sql looks the job up is locked, so that it finds what it asks for whatever the catalog
-- comes to know or to forget. An id alone names a job only where the catalog has it: two services may use the same one.
create or replace function lock_application() returns trigger language plpgsql as $$
declare
    canonical text;
    names     text[];
begin
    perform lock_person(new.person_id);
    perform from job where job.id in (new.job_key, new.job_id) order by job.id for share;
    canonical := application_job(new);
    if exists (select from doubtful_siblings(new.person_id, canonical, new.id)) then
        return null;
    end if;
    names := array[canonical, new.job_key, new.source || ':' || new.job_id, 'apply:' || new.apply_url]
             || array(select job.id from job where job.id = new.job_id);
    insert into application_lock select distinct new.person_id, name, new.id from unnest(names) name where name is not null
    on conflict do nothing;
    if exists (select from application_lock l where l.person_id = new.person_id and l.job_key = any(names) and l.application_id <> new.id) then
        delete from application_lock where application_id = new.id;
        return null;
    end if;
    new.content_hash := application_content_hash(new);
    return new;
end $$;

insert into application_lock
select a.person_id, name, a.id
from application a
cross join lateral (
    select a.source || ':' || a.job_id as name
    union
    select job.id from job where job.id = a.job_id
) names
order by a.state in ('submitting', 'submitted', 'uncertain', 'refused') desc, a.created_at
on conflict do nothing;
