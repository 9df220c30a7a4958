"""What a deployment of the service consists of besides its code: processes, health checks, configuration."""
