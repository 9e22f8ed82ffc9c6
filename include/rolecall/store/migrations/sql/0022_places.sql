-- A job may be open in several places: city, region and country stay the first one's. Empty: read from location, as before.
alter table posting add column places jsonb not null default '[]' check (jsonb_typeof(places) = 'array');
alter table job add column places jsonb not null default '[]' check (jsonb_typeof(places) = 'array');
