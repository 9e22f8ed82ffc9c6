"""Files that people send: what is in a PDF or a Word file, read within bounds and without trusting it."""
