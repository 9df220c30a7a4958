"""Every check judges literal observations: what it passes, what it finds, and what it cannot see."""
