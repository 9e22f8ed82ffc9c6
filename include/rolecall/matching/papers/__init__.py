"""CV and letter as PDF: what the CV says, in another order and selection, and nothing else."""
