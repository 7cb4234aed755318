"""Households: the register, one household's handbook page, warnings; the search, reveal and erasure of persons."""
