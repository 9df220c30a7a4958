"""The status summary: what it tells, whether that is true, and who it reaches."""
