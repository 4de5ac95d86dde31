"""Sums of the model calls of a synth-ai database, worked out with Python's sqlite3 alone, on a copy.

argv: database, IANA zone. Prints {"experiment"|"session"|"provider"|"day": [[key, calls, cents, input, output, errors]]}.
"""
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

path, zone = sys.argv[1], ZoneInfo(sys.argv[2])


def vendor(name):
    return "google" if name == "gemini" else name


groups = {by: defaultdict(lambda: [0, 0, 0, 0, 0]) for by in ("experiment", "session", "provider", "day")}
with tempfile.TemporaryDirectory() as folder:
    copy = os.path.join(folder, "t.db")
    for suffix in ("", "-wal"):
        if os.path.exists(path + suffix):
            shutil.copyfile(path + suffix, copy + suffix)
    db = sqlite3.connect(copy)
    db.row_factory = sqlite3.Row
    sessions = {row["session_id"]: dict(row) for row in db.execute("SELECT * FROM session_traces")}
    for row in db.execute("SELECT * FROM events WHERE event_type = 'cais'"):
        event = dict(row)
        records = json.loads(event.get("call_records") or "[]")
        provider = event["provider"] or next((r["provider"] for r in records if r["provider"]), None)
        failed = int("error_type" in json.loads(event["metadata"] or "{}"))
        figures = [1, event.get("cost_usd", event.get("cost_cents")) or 0, event["input_tokens"] or 0, event["output_tokens"] or 0, failed]
        keys = {
            "experiment": sessions[event["session_id"]].get("experiment_id"),
            "session": event["session_id"],
            "provider": vendor(provider),
            "day": datetime.fromtimestamp(event["event_time"], zone).date().isoformat(),
        }
        for by, key in keys.items():
            groups[by][key] = [a + b for a, b in zip(groups[by][key], figures)]
    db.close()
print(json.dumps({by: [[key, *sums] for key, sums in found.items()] for by, found in groups.items()}))
