"""Re-makes of nine applicant systems' forms: ids, names, roles and script behaviour as recorded, employers and texts invented."""
