"""Reading CVs: from a file to name, contacts, roles, education, skills, each with its place in the text."""
