"""Backups that have been read back: dump, pack, seal, keep, restore, reconcile (docs/backup.md)."""
