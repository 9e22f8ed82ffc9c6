-- Syncing: cursors of what was exchanged with the platform, and which side set a field last.
select;
