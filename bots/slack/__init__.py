"""Slack: Socket Mode or HTTP events in, the Web API out. Start at `platform.py`; how to connect: `../README.md`."""
