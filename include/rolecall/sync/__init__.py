"""What Rolecall and the platform know in common, kept the same: people and their preferences, jobs that are closed."""

__all__ = ["closed_jobs", "sync_people"]
