"""Tests of the reference service, over real sockets wherever a socket is what is promised."""
