"""The document of the native API, made of its operations, its problems and the tables of metrics and dimensions."""

import json
from collections.abc import Iterator

from pellucid.api.operations import OPERATIONS, Operation
from pellucid.api.problem import KINDS, ROOT
from pellucid.cli.markdown import MADE, SOURCE, table
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS


def api() -> str:
    """Return what the native API can be asked."""
    operations = (
        (f"`{one.method} {ROOT}{one.path}`", one.summary, "none" if one.public else "a token") for one in OPERATIONS
    )
    problems = ((f"`{kind.name}`", str(kind.status), kind.title, kind.meaning) for kind in KINDS.values())
    metrics = ((f"`{one.name}`", one.meaning, one.unit.value) for one in METRICS.values())
    dimensions = ((f"`{one.name}`", one.meaning) for one in DIMENSIONS.values())
    return f"""{MADE}
# Native API

Questions to the reports over JSON, answered from what is stored at that moment. `{ROOT}/openapi.json` describes all of
it (OpenAPI 3.1), so that clients can be made of it. From [api/operations.py]({SOURCE}/api/operations.py).

{table(("address", "what it answers", "needs"), operations)}
## Tokens

```
pellucid token create LOGIN --scope read --site 1 --days 90
```

prints a token, once. It goes into the header `Authorization: Bearer TOKEN` and nowhere else: what is in an address is
in logs and histories too, so a token that is sent there is refused. A token can do what its account may, cut down to
its scope (`read`, `write`, `admin`), its sites and its time. Everything here needs `read`. A site that is not the
token's to see answers as one that does not exist. Where an owner hides single visits or what one visitor did
(`pellucid site privacy`), the dimensions that tell them apart are refused.

## Questions

{"".join(_examples())}
**Days** are `from` and `to`, or `period` (day, week, month, year) with `date` (a day, `today`, `yesterday`), in the
time zone of the first site. `visitors` are the different visitors of the whole period, however long it is; under daily
recognition nobody is known on a second day, and each day's visitors are new.

**Notes** (`notes`) say what has to be known to read an answer. Where a site recognises nobody (preset `strict`), visits
are estimated from referrers, and a note names the metrics and dimensions of the question that say nothing of that site.
`{ROOT}/metrics` says of each metric whether it `needs_recognition`.

**A segment** is a list of groups: visits that meet at least one condition of every group. `where` is written alike and
chooses what is counted in those visits. An empty value asks whether there is one. Operators: `==` `!=` `<` `<=` `>`
`>=` for numbers; `==` `!=` `=@` (contains) `!@` (lacks) `=^` (starts with) `=$` (ends with) for texts.

**Comparison**: `compare_to` is `previous_period`, `previous_year` or other days. Rows are those of the question's own
days, each with the other days' metrics as `compared`. By a day, week, month or year alone, the first step is compared
with the first.

**Long lists** end with a cursor in `next`, which asks for what comes next when it is sent as `cursor` with the same
question; it is null at the end. Hits go on coming in meanwhile: a list that is ordered by what changes can tell a row
twice, or not. Ask for past days, or order by a dimension, where that matters.

**Exports**: `"format": "csv"` or `"parquet"`, or the header `Accept: text/csv` or `application/vnd.apache.parquet`. All
rows come, or as many as `limit` says, as the engine makes them; steps of the calendar on which nothing happened have no
row there. Texts come as visitors sent them: a spreadsheet may take one that begins with `=` for a formula.

**Funnels, retention, paths**: a step of a funnel is one action that meets all of its conditions; other actions may lie
between. Retention knows visitors whose first visit of all is among those asked about. Paths stay within a visit, and a
page viewed again at once counts once.

**Bounds**: a question may take the time and memory that the [settings](settings.md) `query_seconds` and `query_memory`
say. Beyond it is the problem `query-too-expensive`.

## Problems

Whatever is not answered is a problem as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) has it, as
`application/problem+json`. Its `type` is `{ROOT}/problems/` and the name:

{table(("name", "status", "what happened", "what to do"), problems)}
## Metrics

By which dimensions each can be told, and its SQL, is in `{ROOT}/metrics`.

{table(("name", "meaning", "unit"), metrics)}
## Dimensions

All of them can be in a segment. The owner's own are `dimension1`, `dimension2` and so on.

{table(("name", "meaning"), dimensions)}"""


def _examples() -> Iterator[str]:
    for operation in OPERATIONS:
        if operation.body:
            yield _example(operation)


def _example(operation: Operation) -> str:
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in operation.example.items())
    asked = ",\n".join(lines)
    return f"`POST {ROOT}{operation.path}`: {operation.summary}.\n\n```json\n{{\n{asked}\n}}\n```\n\n"
