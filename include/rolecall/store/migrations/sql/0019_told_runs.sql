alter table dag_run_end add column told_at timestamptz;                    -- when the team was told that this run failed
alter table workflow_error add column told boolean not null default false; -- whether an alert named this very failure

update dag_run_end set told_at = now() where state = 'failed';             -- what failed before this is not told again
update workflow_error set told = critical;
