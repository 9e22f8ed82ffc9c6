"""A language model through Airflow's common-ai provider (requirements-llm.txt)."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook
from pydantic import BaseModel

from rolecall.errors import InvalidInput
from rolecall.matching.letters.llm import Said

SECONDS = 30.0


class LanguageModelHook(BaseHook):
    """Asks the model of a ``pydanticai`` connection: any OpenAI-compatible endpoint (``{"model": "openai-chat:<name>"}`` in the extra).

    :param llm_conn_id: the connection
    :param seconds: time-out of one answer
    :raises InvalidInput: the optional packages are not installed
    """

    conn_name_attr = "llm_conn_id"
    default_conn_name = "pydanticai_default"

    def __init__(self, llm_conn_id: str = default_conn_name, *, seconds: float = SECONDS) -> None:
        super().__init__()
        self.llm_conn_id = llm_conn_id
        self.seconds = seconds
        self.name = f"{self.get_connection(llm_conn_id).extra_dejson.get('model', '')}"

    def ask(self, instructions: str, question: str, shape: type[BaseModel], *, max_tokens: int) -> Said:
        """One answer in the given shape; one repair of a malformed one, within the same token limit."""
        try:
            from airflow.providers.common.ai.hooks.pydantic_ai import PydanticAIHook
            from pydantic_ai.usage import UsageLimits
        except ImportError as error:
            raise InvalidInput("llm_conn_id", "the optional packages are missing", fix="install requirements-llm.txt") from error
        agent: Any = PydanticAIHook(llm_conn_id=self.llm_conn_id).create_agent(
            output_type=shape,
            instructions=instructions,
            retries=1,
            model_settings={"timeout": self.seconds, "max_tokens": max_tokens, "temperature": 0.0},
        )
        limits = UsageLimits(request_limit=2, total_tokens_limit=len(question) + 4 * max_tokens)
        done = agent.run_sync(question, usage_limits=limits)
        usage = done.usage
        return Said(done.output.model_dump(), usage.input_tokens or 0, usage.output_tokens or 0)
