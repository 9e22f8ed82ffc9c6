"""What takes applications and messages, and answers some: an applicant tracking system, employers, mailboxes, the services that deliver."""
