"""The order in which the catalog's rows are locked: who keeps it never waits in a circle.

1. :data:`CATALOG`, an advisory lock: alone to merge, shared to check jobs and to plan applications for them.
2. A person's advisory lock (``lock_person``).
3. Postings by board and external id (:data:`rolecall.boards.landing.LOCK_POSTINGS`).
4. Jobs by id (:data:`LOCK_JOBS`); rows about a job (quarantine, applications) come after it.
"""

CATALOG = 0x526F6C6563617400

LOCK_JOBS = "select 1 from job where id = any(%s) order by id for no key update"
