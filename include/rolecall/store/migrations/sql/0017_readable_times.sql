-- A time that Postgres keeps and Python cannot read back stops whoever reads its row; nobody posted on such a day.
update posting set posted_at = null where posted_at not between '1900-01-01Z' and '9001-01-01Z';
update job     set posted_at = null where posted_at not between '1900-01-01Z' and '9001-01-01Z';
