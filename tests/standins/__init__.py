"""Small servers that stand in for real ones where a test needs exact behaviour; each says so in its name."""
