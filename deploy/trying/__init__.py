"""An office's server tried for real: what `deploy/try_server.py` is made of. Python's own library alone is needed."""
