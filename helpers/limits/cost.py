"""What training costs, by arithmetic: operations, energy, carbon dioxide, money."""

from __future__ import annotations

from dataclasses import dataclass

TOKENS_PER_PARAMETER = 20  # where loss is lowest for given computing: Hoffmann et al. (2022), section 3, rounded


def training_flops(parameters: float, tokens: float) -> float:
    """Operations to train a Transformer: six for each parameter and token, two forward and four backward.

    Attention's own share, small at usual lengths, is left out.

    Source: Kaplan et al. (2020), section 2.1; Hoffmann et al. (2022), section 3.3.
    """
    return 6.0 * parameters * tokens


def best_size(flops: float) -> tuple[float, float]:
    """Parameters and tokens that use so many operations best, by the rule of 20 tokens a parameter."""
    parameters = (flops / (6 * TOKENS_PER_PARAMETER)) ** 0.5
    return parameters, TOKENS_PER_PARAMETER * parameters


@dataclass(frozen=True)
class Bill:
    """Energy in kWh, carbon dioxide in kg (or its equivalent in other gases), and a price."""

    kwh: float
    co2_kg: float
    price: float

    def __str__(self) -> str:
        return f"{said(self.kwh)} kWh, {said(self.co2_kg)} kg of CO2, {said(self.price)} in electricity"


def bill(hours: float, watts: float, *, overhead: float = 1.1, co2_per_kwh: float = 0.4,
         price_per_kwh: float = 0.3) -> Bill:  # fmt: skip
    """Watts times hours, and what follows.

    Args:
        hours, watts: how long, and what all the machines draw together.
        overhead: what the building draws for each watt of the machines, from 1 up (cooling, conversion).
        co2_per_kwh: kilograms for each kWh of the local grid: hydropower about 0.02, coal about 0.8 (IPCC, 2014).
        price_per_kwh: in any money.

    Raises:
        ValueError: a negative number, or an overhead below 1.
    """
    if min(hours, watts, co2_per_kwh, price_per_kwh) < 0 or overhead < 1:
        raise ValueError("Expected numbers from 0 up, and an overhead from 1 up.")
    kwh = hours * watts / 1000 * overhead
    return Bill(kwh, kwh * co2_per_kwh, kwh * price_per_kwh)


def said(number: float) -> str:
    """A number that may be tiny or huge, to three digits."""
    if number == 0:
        return "0"
    return f"{number:,.0f}" if abs(number) >= 999.5 else f"{number:.3g}" if abs(number) >= 0.001 else f"{number:.1e}"
