"""Old addresses: announced, unused, gone."""
