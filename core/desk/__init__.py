"""What staff see and do: the card of a handoff, the queue, the actions."""
