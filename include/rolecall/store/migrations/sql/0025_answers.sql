-- A person's answers to questions of forms: their own, or that they will not answer.

create table person_answer (
    person_id text        not null references person (id) on delete cascade,
    question  text        not null,                     -- a canonical key, or "text:" and the folded words of the question
    options   text        not null default '',          -- which set of options it was given to; empty: any
    country   text        not null default '' check (country = '' or country ~ '^[A-Z]{2}$'),
    state     text        not null check (state in ('confirmed', 'from_cv', 'never')),
    asked     text        not null,                     -- the question as it was asked
    value     jsonb       not null default '""',        -- a text, or several
    told_at   timestamptz not null default now(),
    primary key (person_id, question, options, country),
    check (state = 'never' or value <> '""')
);
