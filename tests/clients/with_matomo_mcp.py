"""Reads with the PyPI package matomo-mcp: starts it as an assistant would, and uses each of its tools."""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main():
    """Print what each tool answers."""
    told = {}
    server = StdioServerParameters(command=sys.executable, args=["-m", "matomo_mcp"], env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        for tool in (await session.list_tools()).tools:
            custom = {"method": "Events.getCategory", "additional_params": '{"filter_limit": "5"}'}
            asked = {"site_id": 1} | (custom if tool.name == "query_custom_report" else {})
            answer = await session.call_tool(tool.name, asked)
            told[tool.name] = answer.content[0].text
    print(json.dumps({name: json.loads(text) for name, text in told.items()}))


asyncio.run(main())
