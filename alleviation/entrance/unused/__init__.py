"""Tables of allauth.account, which it cannot do without and nobody writes to."""
