"""How the classifier is trained, and the sentences of our own that it learns from."""
