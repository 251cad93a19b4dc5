"""Pieces that several pages show, each with its own JavaScript and CSS beside it."""
