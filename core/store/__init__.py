"""Redis: keys, scripts, the connection, and the server of our own."""
