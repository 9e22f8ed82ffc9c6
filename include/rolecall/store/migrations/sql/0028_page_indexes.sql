-- What every look at the page counts is read from an index, whatever the size of the catalog.
create index job_state on job (state) where merged_into is null;
create index job_merged on job (merged_into) where merged_into is not null;
create index held_back_noted on held_back (noted_at);
