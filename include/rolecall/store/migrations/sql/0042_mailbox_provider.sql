-- Who exchanges tokens for a mailbox that is read by XOAUTH2; '' where it is read with an app password. What the person gave is in
-- secret either way, sealed.
alter table mailbox add column provider text not null default '' check (provider in ('', 'google', 'microsoft'));
