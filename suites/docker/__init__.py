"""Engine, containers, volumes and images."""
