"""What is held between two runs: settings, caches, links, loaded networks, waiting."""
