"""The durable inbox: accepted before it is acknowledged, handled once and in order."""
