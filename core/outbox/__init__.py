"""The outbox: what a commit wrote is delivered once, in the order of its conversation."""
