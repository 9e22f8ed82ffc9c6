"""Backups that have been read back: dump, pack, seal, keep, restore, reconcile (docs/backup.md)."""

__all__ = ["dump", "make", "restore", "target"]
