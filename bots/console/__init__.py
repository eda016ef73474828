"""The local console: a web page with a customer's chat and the staff desk, as one more chat platform."""
