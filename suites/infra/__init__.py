"""The stores, queues and gateways that the system stands on."""
