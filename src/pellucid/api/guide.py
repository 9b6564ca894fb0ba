"""What one has to know to ask: the same words in the description of the API and in its document."""

from collections.abc import Mapping

from pellucid.api.problem import ROOT

TOKENS = """`pellucid token create LOGIN --scope read --site 1 --days 90` prints a token, once. It goes into the header
`Authorization: Bearer TOKEN` and nowhere else: what is in an address is in logs and histories too, so a token that is
sent there is refused. A token can do what its account may, cut down to its scope (`read`, `write`, `admin`), its sites
and its time. Everything here needs `read`. A site that is not the token's to see answers as one that does not exist.
Where an owner hides single visits or what one visitor did (`pellucid site privacy`), the dimensions that tell them
apart are refused."""

GUIDE: Mapping[str, str] = {
    "Days": """are `from` and `to`, or `period` (day, week, month, year) with `date` (a day, `today`, `yesterday`), in
the time zone of the first site; where nothing is said it is today. `visitors` are the different visitors of the whole
period, however long it is; under daily recognition nobody is known on a second day, and each day's visitors are
new.""",
    "Notes": f"""(`notes`) say what has to be known to read an answer. Where a site recognises nobody (preset `strict`),
visits are estimated from referrers, and a note names the metrics and dimensions of the question that say nothing of
that site. `{ROOT}/metrics` says of each metric whether it `needs_recognition`.""",
    "A segment": """is a list of groups: visits that meet at least one condition of every group. `where` is written
alike and chooses what is counted in those visits. An empty value asks whether there is one. Operators: `==` `!=` `<`
`<=` `>` `>=` for numbers and dates; `==` `!=` `=~` (is) `!~` (is not) `=@` (contains) `!@` (lacks) `=^` (starts with)
`=$` (ends with) for texts, the last six without regard to case.""",
    "Comparison": """of any two periods: `compare_to` is `previous_period`, `previous_year` or other days. Rows are
those of the question's own days, each with the other days' metrics as `compared`. By a day, week, month or year alone,
the first step is compared with the first.""",
    "Long lists": """end with a cursor in `next`, which asks for what comes next when it is sent as `cursor` with the
same question; it is null at the end. Hits go on coming in meanwhile: a list that is ordered by what changes can tell a
row twice, or not. Ask for past days, or order by a dimension, where that matters.""",
    "Exports": """have `"format": "csv"` or `"parquet"`, or the header `Accept: text/csv` or
`application/vnd.apache.parquet`. All rows come, or as many as `limit` says, as the engine makes them; steps of the
calendar on which nothing happened have no row there. One that fails on its way is cut off, and not ended. Texts come as
visitors sent them: a spreadsheet may take one that begins with `=` for a formula.""",
    "Funnels, retention, paths": """: a step of a funnel is one action that meets all of its conditions; other actions
may lie between. Retention knows visitors whose first visit of all is among those asked about. Paths stay within a
visit, and a page viewed again at once counts once.""",
    "Real time": f"""is what happened in the last 30 minutes, or in fewer (`minutes`), at
`{ROOT}/sites/{{site}}/realtime`.""",
    "Bounds": """: a question may take the time and memory that the settings `query_seconds` and `query_memory` say.
Beyond it is the problem `query-too-expensive`.""",
}
"""By what each paragraph begins with: its rest."""


def paragraphs() -> str:
    """Return the guide as Markdown."""
    told = (f"**{begins}**{'' if rest.startswith(':') else ' '}{rest}" for begins, rest in GUIDE.items())
    return "\n\n".join(told)
