"""The status suite against a service that is not well and says so."""
