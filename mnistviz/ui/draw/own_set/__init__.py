"""The set of one's own on the page Draw: cards, state, training on it."""
