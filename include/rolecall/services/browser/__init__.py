"""Employers' forms in a real browser: a process of its own fills, shows and sends; this side decides and is asked before the one click."""
