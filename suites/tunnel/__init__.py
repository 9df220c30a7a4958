"""The tunnel between edge and origin."""
