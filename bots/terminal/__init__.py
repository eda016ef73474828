"""The terminal as a chat platform: one customer, one conversation, lines in and messages out."""
