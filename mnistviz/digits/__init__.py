"""MNIST and a person's own digits: read, downloaded, drawn, photographed, kept."""
