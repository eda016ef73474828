"""Discord, through discord.py: one `DiscordPlatform`. The guide to connecting it is `bots/README.md`."""
