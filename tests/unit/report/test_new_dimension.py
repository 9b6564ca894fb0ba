"""One more row in the table of dimensions is all that a new dimension needs to be asked for everywhere."""

import subprocess
import sys

from msgspec import json

from builders import DAY, a_visit
from pellucid.model.visit import Visit
from pellucid.store.client import Store

SIZES = ("1920x1080", "360x800", "1920x1200")
ASK = """
import sys
from datetime import UTC, date, datetime

from msgspec import json

from pellucid.report import more_dimensions
from pellucid.report.dimension import Dimension
from pellucid.report.source import Source

more_dimensions.DIMENSIONS += (
    Dimension("screen_width", "How wide the screen is.", {Source.VISITS: "splitByChar('x', resolution)[1]"}),
)

from pellucid.api import asked
from pellucid.matomo.segments import segment_of
from pellucid.model.period import Period
from pellucid.model.query import Query
from pellucid.model.site import Site
from pellucid.policy.presets import PRESETS
from pellucid.report.run import Reports
from pellucid.store.client import Store
from pellucid.web.explore import explored

url, day = sys.argv[1:]
period = Period(date.fromisoformat(day), date.fromisoformat(day))
store = Store(url)


def answer(segment):
    query = Query(site_ids=(1,), period=period, metrics=("visits",), dimensions=("screen_width",), segment=segment)
    return [list(row) for row in Reports(store).answer(query).rows]


site = Site(
    id=1,
    name="Shop",
    urls=("http://shop.example",),
    timezone="UTC",
    currency="EUR",
    ecommerce=False,
    privacy=PRESETS["matomo"],
    created=datetime.now(UTC),
)
chosen = explored(site, "screen_width")
print(json.encode({
    "native": "screen_width" in asked.every_name()[1],
    "dashboard": [chosen.name, chosen.label, chosen.meaning, chosen.metric],
    "rows": answer(segment_of("")),
    "segment": answer(segment_of("screenWidth=^19")),
    "other": answer(segment_of("screenWidth==360")),
}).decode())
store.close()
"""


def test_a_row_is_enough(store: Store, store_url: str) -> None:
    visits = [a_visit(visit_id=number, resolution=size) for number, size in enumerate(SIZES)]
    store.insert("visits", Visit, b"\n".join(map(json.encode, visits)), token="visits")

    done = subprocess.run(
        [sys.executable, "-c", ASK, store_url, DAY.isoformat()], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.decode(done.stdout) == {
        "native": True,
        "dashboard": ["screen_width", "Screen width", "How wide the screen is.", "visits"],
        "rows": [["1920", 2], ["360", 1]],
        "segment": [["1920", 2]],
        "other": [["360", 1]],
    }
