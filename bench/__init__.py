"""Side-by-side measurements; nothing here is imported at run time."""
