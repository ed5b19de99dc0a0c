"""GenaiLine: the Gemini API by google-genai."""

from __future__ import annotations

from typing import ClassVar

import httpx
from google import genai
from google.genai import errors, types

from .faults import Origin, said_by_google
from .gemini_line import Asked
from .provider import Fault, Prompt


class GenaiLine:
    takes_schema: ClassVar[bool] = True
    has_search: ClassVar[bool] = True

    def __init__(self, key: str, address: str, version: str, origin: Origin) -> None:
        self._origin = origin
        # Our own httpx: with aiohttp, which the library takes when it is installed, a connection that fails is tried
        # again after up to ten seconds. It follows no redirection either, which would take the key along.
        self._http = httpx.AsyncClient()
        self._client = genai.Client(
            vertexai=False,
            api_key=key,
            http_options=types.HttpOptions(base_url=address, api_version=version, httpx_async_client=self._http),
        )

    async def generate(self, asked: Asked, timeout: float) -> str:
        config = types.GenerateContentConfig(
            system_instruction=asked.system,
            max_output_tokens=asked.most_tokens,
            response_mime_type="application/json" if asked.is_json else None,
            response_json_schema=asked.schema,
            tools=[types.Tool(google_search=types.GoogleSearch())] if asked.is_search else None,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            http_options=_within(timeout),
            # As it is: the library warns of each word in an answer that is newer than itself.
            should_return_http_response=True,
        )
        contents = [types.Content(role=turn.role, parts=[types.Part(text=turn.text)]) for turn in asked.turns]
        try:
            answer = await self._client.aio.models.generate_content(
                model=asked.model, contents=list(contents), config=config
            )
        except (errors.APIError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._fault(error, timeout, asked.prompt) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # It reads what came as what it expects.
            raise self._origin.broken() from error
        return (answer.sdk_http_response.body if answer.sdk_http_response else None) or ""

    async def models(self, timeout: float) -> tuple[str, ...]:
        config = types.ListModelsConfig(page_size=1_000, http_options=_within(timeout))
        try:
            found = [model async for model in await self._client.aio.models.list(config=config)]
        except (errors.APIError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._fault(error, timeout, None) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._origin.broken() from error
        return tuple(
            (model.name or "").removeprefix("models/")
            for model in found
            if "generateContent" in (model.supported_actions or ["generateContent"])
        )

    async def close(self) -> None:
        await self._http.aclose()
        self._client.close()

    def _fault(self, error: Exception, timeout: float, prompt: Prompt | None) -> Fault:
        if isinstance(error, errors.APIError):
            headers = getattr(error.response, "headers", None) or {}
            return self._origin.refused(error.code, said_by_google(error.details, headers), prompt)
        if isinstance(error, httpx.TimeoutException):
            return self._origin.late(timeout)
        return self._origin.unreachable(error)


def _within(seconds: float) -> types.HttpOptions:
    return types.HttpOptions(timeout=max(int(seconds * 1000), 1))
