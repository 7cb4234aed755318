"""Households: the register, one household's handbook page, what warns, and the reveal, search and erasure of persons."""
