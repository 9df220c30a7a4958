"""A real container engine, and what it is when something is wrong with it."""
