-- How many of a person's applications are in which state.
select state, count(*) as many from application where person_id = %(person)s group by state
