"""Tests of the probes, against real sockets that misbehave on command."""
