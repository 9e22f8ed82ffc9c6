-- How a form's page looked after the click: its receipt, or what it said instead.

alter table form_shown add column after bytea;
