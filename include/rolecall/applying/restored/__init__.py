"""After a restored backup: the sent log, kept outside Postgres, and the guard that asks it and others before anything leaves."""
