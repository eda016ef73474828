"""From the bot to a human and back: the state machine, its timers, and what is said along the way."""
