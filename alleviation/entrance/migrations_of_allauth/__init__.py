"""Tables of allauth.account, which stay empty: allauth's own migrations also write to our accounts, past the trail."""
