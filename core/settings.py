"""Settings: environment variables or `.env`, read once by the composition root.

Their names are public and fixed; `.env.example` lists every one with what it means, and a test keeps the two equal.
What is longer than a line (ladders, office hours, topics, canned replies) lives in the policy file: `core/policy.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import ConfigurationError

SAMPLE_FAQ = Path(__file__).parent.parent / "knowledge" / "sample"
"""The FAQ of a made-up company, served when KNOWLEDGE_PATH is not set."""

Listed = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated list."""


class Settings(BaseSettings):
    """Every setting, by the name of its variable in lower case."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    slack_bot_token: SecretStr = SecretStr("")
    """`xoxb-…`; set, it connects Slack."""
    slack_app_token: SecretStr = SecretStr("")
    """`xapp-…`; set, Slack runs in Socket Mode."""
    slack_signing_secret: SecretStr = SecretStr("")
    """Set without an app token, Slack runs over HTTP at /slack/events."""
    slack_api_url: str = "https://slack.com/api/"
    """The Web API; another address replaces Slack by a local server."""
    slack_desk_channel: str = ""
    """Channel id (C…) in which handoff cards appear."""
    discord_token: SecretStr = SecretStr("")
    """The bot's token; set, it connects Discord."""
    discord_desk_channel: str = ""
    """Channel id in which handoff cards appear."""
    discord_staff_role: str = ""
    """Role id whose members are staff."""
    redis_url: str = ""
    """`redis://…`, `rediss://…`, `redis+sentinel://host:port,host:port/service`, `redis+cluster://…`; empty starts our
    own."""
    chroma_url: str = ""
    """`http://host:port` of a Chroma server; empty keeps the index in DATA_DIR."""
    chat_model: str = ""
    """A LangChain chat model by name (`openai:gpt-…`, `anthropic:…`, `ollama:…`); empty quotes the FAQ."""
    chat_model_url: str = ""
    """Base URL of an OpenAI-compatible server for CHAT_MODEL."""
    embedding_model: str = ""
    """LangChain embeddings by name (`openai:text-embedding-3-small`); empty uses the built-in MiniLM."""
    knowledge_path: Path = SAMPLE_FAQ
    """The FAQ: a file or a folder."""
    knowledge_webhook_secret: SecretStr = SecretStr("")
    """Set, `POST /hooks/knowledge` with this secret reloads the FAQ."""
    data_dir: Path = Path("data")
    """Where the index and our own Redis keep their files."""
    http_host: str = "127.0.0.1"
    """Address that the console and Slack's HTTP events listen on."""
    http_port: int = Field(default=8080, ge=0, le=65535)
    """Port of the same; 0 takes a free one."""
    page_urls: Listed = ()
    """Apprise URLs that are paged for every handoff (PagerDuty, SMS, e-mail, webhook…)."""
    vip_users: Listed = ()
    """VIPs: `slack:U…`, `discord:1234`."""
    vip_groups: Listed = ()
    """Groups whose members are VIPs: `slack:S…` (user group), `discord:1234` (role)."""
    staff_users: Listed = ()
    """Who may claim and answer: `slack:U…`, `discord:1234`."""
    staff_groups: Listed = ()
    """Groups whose members may: `slack:S…`, `discord:1234`."""
    ops_users: Listed = ()
    """Who may reload the knowledge base and see operations data."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    policy_path: Path | None = None
    """A YAML file that overrides parts of `core/policy.yaml`: office hours, ladders, topics, limits."""

    @field_validator("page_urls", "vip_users", "vip_groups", "staff_users", "staff_groups", "ops_users", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("vip_users", "vip_groups", "staff_users", "staff_groups", "ops_users")
    @classmethod
    def _qualified(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            platform, _, name = part.partition(":")
            if not platform or not name:
                raise ValueError(f"{part!r} names no platform; write slack:{part} or discord:{part}")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError(f"{value!r} is not one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process. Raises ConfigurationError with the variable's name and what is wrong with it."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise ConfigurationError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error
