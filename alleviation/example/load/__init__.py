"""Makes up data of any size for tests of size: by arithmetic on row numbers, the same on every database."""
