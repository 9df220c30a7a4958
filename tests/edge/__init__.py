"""The shipped configuration of the edge, observed over sockets: a real nginx before the real service."""
