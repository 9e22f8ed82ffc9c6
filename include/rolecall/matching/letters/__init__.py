"""Letters that say only what the CV says."""
