"""A file here is a system that employers take applications with."""
