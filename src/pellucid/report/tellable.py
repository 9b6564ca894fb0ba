"""Where a metric applies: by which dimensions it can be told."""

from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metric import Metric
from pellucid.report.metrics import METRICS


def tellable(metric: Metric) -> list[str]:
    """Return the dimensions that each can tell a metric by itself."""
    counted = [METRICS[name] for name in metric.of or (metric.name,)]
    return [
        dimension.name
        for dimension in DIMENSIONS.values()
        if all(any(source in dimension.told for source in one.counted) for one in counted)
    ]
