-- Who did what, newest first.
select at, actor, action, subject from audit order by id desc limit 30
