"""Names of countries, languages, months and currencies in English, as Babel has them, made into what the news writes.

Source: Unicode CLDR, read through Babel (BSD).
"""

from __future__ import annotations

import functools
import hashlib
import re

# Codes that Babel lists beside countries and territories: unions, tests, "unknown".
_NO_COUNTRY = frozenset("EU EZ UN QO XA XB ZZ".split())
# What newspapers write and Babel doesn't, by code.
_ALSO = {
    "US": ("US", "U.S.", "USA", "America", "United States of America"),
    "GB": ("UK", "U.K.", "Britain", "Great Britain"),
    "AE": ("UAE", "Emirates"), "BA": ("Bosnia",), "CD": ("DR Congo", "Democratic Republic of Congo", "Congo"),
    "CI": ("Ivory Coast",), "CZ": ("Czech Republic",), "HK": ("Hong Kong",), "KP": ("DPRK",),
    "KR": ("Republic of Korea", "ROK", "Korea"), "MK": ("Macedonia",), "MM": ("Myanmar", "Burma"),
    "MO": ("Macao", "Macau"),
    "PS": ("Palestine",), "SZ": ("Swaziland",), "TL": ("East Timor",), "TR": ("Turkey",), "VA": ("Vatican",),
}  # fmt: skip
_UNITS = ("dollar", "pound", "euro", "yen", "yuan", "renminbi", "rupee", "ruble", "rouble", "franc", "peso", "krona",
          "krone", "lira", "rand", "won", "dinar", "dirham", "riyal", "rupiah", "ringgit", "baht", "shilling", "zloty",
          "forint", "naira", "bitcoin", "cent", "penny")  # fmt: skip


@functools.cache
def countries() -> dict[str, str]:
    """Name -> code of its country or territory: "Britain" and "UK" both have "GB"."""
    from babel import Locale

    found = {}
    for code, name in Locale("en").territories.items():
        if len(code) == 2 and code not in _NO_COUNTRY:
            plain = re.sub(r" SAR China| \(.*\)", "", name).replace("’", "'")
            for one in (plain, plain.replace("&", "and"), *_ALSO.get(code, ())):
                found[one] = code
    return found


@functools.cache
def languages() -> frozenset[str]:
    """Names of languages in one word or two, with a capital."""
    from babel import Locale

    names = {re.sub(r" \(.*\)", "", name) for name in Locale("en").languages.values()}
    return frozenset(name for name in names | {"Mandarin"} if name[0].isupper() and name.count(" ") < 2)


@functools.cache
def months() -> tuple[str, ...]:
    """The twelve months, then their short forms."""
    from babel import Locale

    wide, short = (Locale("en").months["format"][width] for width in ("wide", "abbreviated"))
    return (*(wide[n] for n in range(1, 13)), *(short[n] for n in range(1, 13) if short[n] != wide[n]), "Sept")


@functools.cache
def currencies() -> frozenset[str]:
    """Units of money, one or many of them, in lower case: "euro", "euros"; those that are no other word in English."""
    from babel import Locale
    from babel.numbers import get_currency_name

    found = set()
    for code in Locale("en").currencies:
        for count in (1, 2):
            unit = re.sub(r" \(.*\)", "", get_currency_name(code, count, locale="en")).split()[-1].lower()
            if unit.removesuffix("s") in _UNITS or unit in ("yen", "pence"):
                found.add(unit)
    return frozenset(found | {"bitcoins", "cents", "pence", "renminbi", "rouble", "roubles"})


def half(code: str) -> int:
    """0 or 1: the half a country belongs to, by the hash of its code. All its names go the same way."""
    return hashlib.sha256(f"course:{code}".encode()).digest()[0] % 2
