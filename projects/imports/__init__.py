"""Reading files for the first floor: every row is checked before anything is written."""
