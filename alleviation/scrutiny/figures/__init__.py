"""Figures that can be opened: what each is, its formula with the numbers put in, its rows and what is not in it."""
