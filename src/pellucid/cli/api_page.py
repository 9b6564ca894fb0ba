"""The document of the native API, made of its operations, its problems and the tables of metrics and dimensions."""

import json
from collections.abc import Iterator

from pellucid.api.guide import TOKENS, paragraphs
from pellucid.api.operations import OPERATIONS, Operation
from pellucid.api.problem import KINDS, ROOT
from pellucid.cli.markdown import MADE, SOURCE, table
from pellucid.report.dimensions import DIMENSIONS, FAMILIES
from pellucid.report.metrics import METRICS


def api() -> str:
    """Return what the native API can be asked."""
    operations = (
        (f"`{one.method} {ROOT}{one.path}`", one.summary, "none" if one.public else "a token") for one in OPERATIONS
    )
    problems = ((f"`{kind.name}`", str(kind.status), kind.title, kind.meaning) for kind in KINDS.values())
    metrics = ((f"`{one.name}`", one.meaning, one.unit.value) for one in METRICS.values())
    dimensions = ((f"`{one.name}`", one.meaning) for one in DIMENSIONS.values())
    families = "".join(f"- `{pattern}`: {meaning}\n" for pattern, meaning in FAMILIES.items())
    return f"""{MADE}
# Native API

Questions to the reports over JSON, answered from what is stored at that moment. `{ROOT}/openapi.json` describes all of
it (OpenAPI 3.1), so that clients can be made of it. From [api/operations.py]({SOURCE}/api/operations.py).

{table(("address", "what it answers", "needs"), operations)}
## Tokens

{TOKENS}

## Questions

{"".join(_examples())}
{paragraphs()}

## Problems

Whatever is not answered is a problem as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) has it, as
`application/problem+json`. Its `type` is `{ROOT}/problems/` and the name:

{table(("name", "status", "what happened", "what to do"), problems)}
## Metrics

By which dimensions each can be told, and its SQL, is in `{ROOT}/metrics`.

{table(("name", "meaning", "unit"), metrics)}
## Dimensions

All of them can be in a segment. Beside those with a name of their own there are families, by a pattern of their names:

{families}
{table(("name", "meaning"), dimensions)}"""


def _examples() -> Iterator[str]:
    for operation in OPERATIONS:
        if operation.body:
            yield _example(operation)


def _example(operation: Operation) -> str:
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in operation.example.items())
    asked = ",\n".join(lines)
    return f"`POST {ROOT}{operation.path}`: {operation.summary}.\n\n```json\n{{\n{asked}\n}}\n```\n\n"
