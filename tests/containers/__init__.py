"""The host `containers` on a real engine."""
