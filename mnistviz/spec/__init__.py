"""What a person can set: settings, specs, links and presets. Standard library only."""
