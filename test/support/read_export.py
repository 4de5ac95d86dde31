"""Reads an export of Trace Ledger as a stranger would. argv: csv|json, file. Prints {"columns", "rows"}; a number is a number."""
import csv
import json
import sys

kind, path = sys.argv[1:3]
if kind == "csv":
    with open(path, encoding="utf-8", newline="") as file:
        raw = file.read()
    assert "\n" not in raw.replace("\r\n", "") or '"' in raw, "lines end with CR LF"
    with open(path, encoding="utf-8", newline="") as file:
        columns, *rows = list(csv.reader(file, strict=True))
    assert all(len(row) == len(columns) for row in rows), "as many fields as columns"
    print(json.dumps({"columns": columns, "rows": [dict(zip(columns, row)) for row in rows]}))
else:
    def refuse(word):
        raise ValueError(word)

    with open(path, encoding="utf-8") as file:
        rows = json.load(file, parse_constant=refuse)
    assert isinstance(rows, list)
    columns = list(rows[0]) if rows else []
    assert all(list(row) == columns for row in rows), "the same keys in the same order"
    print(json.dumps({"columns": columns, "rows": rows}))
