"""Shares with their uncertainty."""

from dataclasses import dataclass
from math import sqrt


@dataclass
class Share:
    """`hits` of `count`, with Wilson's interval of 95%."""

    hits: int
    count: int

    @property
    def value(self):
        return self.hits / self.count if self.count else float("nan")

    @property
    def interval(self):
        if not self.count:
            return (float("nan"), float("nan"))
        z, n, p = 1.959964, self.count, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - half, middle + half)

    def __str__(self):
        low, high = self.interval
        return f"{100 * self.value:.1f}% ({100 * low:.1f} to {100 * high:.1f})"

    def record(self):
        return {"hits": self.hits, "count": self.count, "interval": self.interval}
