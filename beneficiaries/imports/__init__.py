"""Reading files for the second floor."""
