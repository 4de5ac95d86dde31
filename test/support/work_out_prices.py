"""Works out what the calls of test/fixtures/pricing/published.json cost, from the published rates that stand in each row.

Knows nothing of the program: it multiplies tokens by US dollars per million tokens (seconds by dollars per hour, searches
and images by dollars each), by the factor of the service tier where there is one, and rounds once, half up, to the
nano-dollar. `--check` says which rows differ from what stands in them; without it the figures are written.
"""

import json
import sys
from fractions import Fraction

PATH = "test/fixtures/pricing/published.json"


def usd(text):
    return Fraction(text)


def parts(usage):
    """What is charged by which rate; every token once."""
    read, write = usage.get("cacheReadTokens", 0), usage.get("cacheWriteTokens", 0)
    hour = usage.get("cacheWrite1hTokens", 0)
    heard_cached = usage.get("audioCachedTokens", 0)
    heard = usage.get("audioInputTokens", 0) - heard_cached
    said = usage.get("audioOutputTokens", 0)
    return {
        "input": usage.get("inputTokens", 0) - heard,
        "audioInput": heard,
        "cacheRead": read - heard_cached,
        "audioCached": heard_cached,
        "cacheWrite": write - hour,
        "cacheWrite1h": hour,
        "output": usage.get("outputTokens", 0) - said,
        "audioOutput": said,
    }


def nano(row):
    rates, million = row["rates"], 1_000_000
    total = Fraction(0)
    for name, count in parts(row["usage"]).items():
        if count:
            total += count * usd(rates[name]) / million
    for name, key in (("audioInputSeconds", "audioInputHour"), ("audioOutputSeconds", "audioOutputHour")):
        if key in rates:
            total += Fraction(str(row["usage"].get(name, 0))) * usd(rates[key]) / 3600
    total *= usd(row.get("factor", "1"))
    total += row.get("webSearches", 0) * usd(rates.get("webSearch", "0"))
    total += row["usage"].get("images", 0) * usd(rates.get("image", "0"))
    return int((2 * total * 10**9 + 1) // 2)


def main():
    with open(PATH, encoding="utf-8") as file:
        table = json.load(file)
    wrong = [row["name"] for row in table["calls"] if row.get("nano") != nano(row)]
    if "--check" in sys.argv:
        print("\n".join(wrong))
        sys.exit(1 if wrong else 0)
    for row in table["calls"]:
        row["nano"] = nano(row)
    with open(PATH, "w", encoding="utf-8") as file:
        json.dump(table, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
