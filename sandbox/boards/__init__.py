"""The sandbox's job boards: the same invented ads in the structure of each board's public pages."""
