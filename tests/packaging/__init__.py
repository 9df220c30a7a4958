"""opscheck as users install it: from a wheel, beside other plugins, on the oldest pytest."""
