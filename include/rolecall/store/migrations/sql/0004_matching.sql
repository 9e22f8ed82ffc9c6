-- Matching: uploaded CVs, answers of a language model.

create table cv_file (                                 -- the file a CV was read from, as it was sent
    cv_id       text primary key references cv (id) on delete cascade,
    filename    text        not null,
    kind        text        not null,                  -- pdf | docx | json | text
    sha256      text        not null,                  -- of the bytes
    body        bytea       not null,
    uploaded_by text        not null check (uploaded_by in ('person', 'platform')),
    uploaded_at timestamptz not null default now()
);

create table model_answer (                            -- what a language model said to exactly this question; asked once
    key           text primary key,                    -- SHA-256 of model, prompt version and question
    person_id     text,
    kind          text        not null check (kind in ('letter', 'rank')),
    model         text        not null,
    answer        jsonb       not null,
    input_tokens  int         not null check (input_tokens >= 0),
    output_tokens int         not null check (output_tokens >= 0),
    answered_at   timestamptz not null default now()
);
create index model_answer_person on model_answer (person_id);
create index model_answer_day on model_answer (answered_at);
