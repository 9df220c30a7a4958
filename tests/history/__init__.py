"""History: what is recorded, what survives, what it comes to."""
