"""What holds for the reverse proxy in front, whoever serves behind it."""
