alter table employer add column sandboxed boolean not null default false;  -- followed while the sandbox was on: not in a real search
