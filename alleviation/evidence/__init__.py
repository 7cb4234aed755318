"""Files that prove a record: kept outside the web root under names of their own, served only through a right."""
