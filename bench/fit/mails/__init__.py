"""Sentences that the model of mails is fitted to, and its fitting."""
