"""Charts as facts: what is drawn is decided here, how it looks is decided in the browser."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart's content."""

    #: bars, columns, line, area, ring, forest, funnel.
    kind: str
    #: Names along the category axis, in order.
    labels: Sequence[str]
    #: One list of values per series; a null leaves a gap.
    series: Sequence[Mapping[str, object]]
    #: How values are written: number, percent or money (values in major units).
    unit: str = "number"
    #: ISO 4217 code, where the unit is money.
    currency: str = ""
    #: What a screen reader says instead of the picture.
    description: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the chart as JSON for the browser."""
        return json.dumps(
            {
                "kind": self.kind,
                "labels": list(self.labels),
                "series": [dict(line) for line in self.series],
                "unit": self.unit,
                "currency": self.currency,
                **self.extra,
            },
            ensure_ascii=False,
            allow_nan=False,
        )


_WIDTH, _HEIGHT, _PAD = 120.0, 32.0, 2.5


def spark(values: Sequence[float | None], style: str = "") -> Markup:
    """Draw a small line of a trend as SVG; nothing for fewer than two values."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 - a line needs two points
        return Markup("")
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (_WIDTH - 2 * _PAD) / (len(known) - 1)
    points = [
        (_PAD + index * step, _HEIGHT - _PAD - (value - low) / span * (_HEIGHT - 2 * _PAD))
        for index, value in enumerate(known)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return Markup(
        '<svg class="spark {}" viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true">'
        '<polygon points="{},32 {} {:.1f},32"/><polyline points="{}"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="2"/></svg>'
    ).format(style, _PAD, line, x, line, x, y)


def interval(low: float, point: float, high: float, span: float) -> Markup:
    """Draw an interval on a scale from −span to span, with a mark at nothing."""

    def x(value: float) -> float:
        return round(75 + max(-1.0, min(1.0, value / span)) * 70, 1)

    return Markup(
        '<svg class="interval" viewBox="0 0 150 18" aria-hidden="true">'
        '<line x1="75" y1="1" x2="75" y2="17"/>'
        '<line class="span" x1="{}" y1="9" x2="{}" y2="9"/><circle cx="{}" cy="9" r="3.5"/></svg>'
    ).format(x(low), x(high), x(point))
