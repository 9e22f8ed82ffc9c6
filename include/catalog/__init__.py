"""The catalog: one job is one job, and only good ones go on."""
