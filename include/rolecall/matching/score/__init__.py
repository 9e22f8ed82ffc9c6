"""CVs and ads compared, with evidence."""
