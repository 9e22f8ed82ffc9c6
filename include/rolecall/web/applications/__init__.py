"""Pages about a person's applications: the yes before they leave, their way, and what employers wrote."""
