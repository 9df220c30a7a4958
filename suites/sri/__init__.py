"""Whether what pages load is what was meant to be loaded."""
