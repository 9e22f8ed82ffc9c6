"""The platform API: the seed's contract over our own tables."""
