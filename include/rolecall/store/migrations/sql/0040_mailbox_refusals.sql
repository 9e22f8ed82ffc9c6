-- Set while only its owner can help: the password is refused, the folder is gone. Such a mailbox is tried a few times a day.
alter table mailbox
    add column refused_at timestamptz,
    add column refusal text not null default '';
