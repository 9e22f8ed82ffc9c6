alter table dag_run_end add column ends int not null default 1;            -- how often the run has ended: more than once, it was cleared

update workflow_error error set told = true                                -- what was told as a red run before this is not told again
from dag_run_end run
where run.dag_id = error.workflow and run.run_id = error.run_id and run.told_at is not null;
