"""What waits, is summed up or stopped because a person wishes so."""
