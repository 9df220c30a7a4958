"""The stack around the service: brought up, looked at, backed up and kept clean over Docker Compose."""
