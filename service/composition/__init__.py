"""How groups of the service's objects are made from its settings; only the composition root calls this."""
