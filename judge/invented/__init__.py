"""Texts that nobody wrote for their own ends: they test mechanisms and measure no quality."""
