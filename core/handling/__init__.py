"""What happens to a message once its lane is taken: decide, answer or hand over, commit."""
