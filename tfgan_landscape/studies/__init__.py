"""What a gin file runs: the only rooms that know all the others."""
