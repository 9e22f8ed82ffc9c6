-- Backups: what was written, where, and whether it was read back.
select;
