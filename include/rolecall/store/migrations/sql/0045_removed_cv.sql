-- A CV may be removed by whose it is. Whose it was stays known: what was forwarded with it is theirs, is shown to them, counts as applied
-- for, and goes when they are erased; and nobody else's CV gets its id.
create table removed_cv (
    cv_id      text        primary key,
    person_id  text        not null references person (id) on delete cascade,
    removed_at timestamptz not null default clock_timestamp()
);
create index removed_cv_person on removed_cv (person_id);
select guard_rows('removed_cv', 'person_id = own_person()');

-- As in 0029, and: of a removed one too.
create or replace function person_of_cv(cv_id text) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select person_id from cv where id = person_of_cv.cv_id
    union all select person_id from removed_cv where removed_cv.cv_id = person_of_cv.cv_id
    limit 1
$$;
drop policy whose on submission;
create policy whose on submission using ((select sees_everybody())
    or exists (select from cv where cv.id = cv_id and cv.person_id = own_person())
    or exists (select from removed_cv r where r.cv_id = submission.cv_id and r.person_id = own_person())
    or exists (select from application a where a.idempotency_key = key and a.person_id = own_person()));

-- As in 0018, and: a CV that was removed is no no to the job.
create or replace function application_declined(a application) returns boolean language sql stable as $$
    select exists (
        select from application_twins(a.person_id, a.id) twin join application other on other.id = twin.application_id
        where other.state = 'cancelled' and other.state_reason not in ('nobody answered in time', 'its CV was removed')
          and other.updated_at > coalesce(greatest(a.approved_at, (
              select max(e.at) from application_event e
              where e.application_id = a.id and e.from_state = 'cancelled' and e.reason like 'the no was taken back%')), '-infinity'))
$$;

-- As in 0031, and: nothing leaves with a CV that was removed.
create or replace function application_hold(a application) returns text language sql stable as $$
    select case
        when a.obstacle is not null
            then a.obstacle
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
        when exists (select from removed_cv r where r.cv_id = a.cv_id and r.person_id = a.person_id)
            then 'its CV was removed'
        when exists (select from cv where cv.id = a.cv_id and cv.person_id = a.person_id and cv.sha256 <> a.cv_version)
            then 'the CV changed after the letter was written'
        when exists (select from person p where p.id = a.person_id and p.preferences ->> 'auto_apply' = 'false')
            then 'the consent to automatic applications was withdrawn'
        when exists (select from job where job.id = application_job(a) and job.state = 'closed')
            then 'the job was closed'
    end
$$;
