"""A person's CVs: which there are, one in another's place, and one removed with what was made of it."""

__all__ = ["cv_command", "own_cvs"]
