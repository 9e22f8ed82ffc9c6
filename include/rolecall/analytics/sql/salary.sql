-- Quantiles of what new jobs of 28 days pay, by currency; groups of five at least.
insert into figures.salary (day, currency, dimension, value, n, p10, p25, p50, p75, p90)
select %(day)s, currency, dimension, value, n, q[1], q[2], q[3], q[4], q[5]
from (
    select currency, dimension, value, count(*) as n,
           percentile_cont(array[0.1, 0.25, 0.5, 0.75, 0.9]) within group (order by salary) as q
    from seen, lateral (values
        ('all', 'all'), ('title', title), ('country', country), ('remote', remote), ('seniority', seniority)) d (dimension, value)
    where salary > 0 and value is not null and not duplicate and not quarantined
    group by currency, dimension, value
) s
where n >= 5
