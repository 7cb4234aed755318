"""Made here, since allauth's own migrations also write to our accounts, past the trail."""
