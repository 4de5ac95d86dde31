"""Opens a copy of a store as a stranger would (its rollback journal included) and checks that it holds together.

argv: store. Prints {"problems": [...], "calls": n}. No process may have the store open.
"""
import json
import os
import shutil
import sqlite3
import sys
import tempfile

path = sys.argv[1]
usage = ["input", "cache_read", "cache_write", "output", "reasoning", "audio_input", "audio_cached", "audio_output",
         "cache_write_1h", "audio_input_us", "audio_output_us", "images", "recorded", "computed"]
problems = []
with tempfile.TemporaryDirectory() as folder:
    copy = os.path.join(folder, "store.db")
    for suffix in ("", "-journal"):
        if os.path.exists(path + suffix):
            shutil.copyfile(path + suffix, copy + suffix)
    db = sqlite3.connect(copy)
    check = [row[0] for row in db.execute("PRAGMA integrity_check")]
    if check != ["ok"]:
        problems.append(check[:5])
    if db.execute("PRAGMA foreign_key_check").fetchall():
        problems.append("foreign_key_check")
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    calls = 0
    if "call" in tables:
        calls = db.execute("SELECT count(*) FROM call").fetchone()[0]
        rolled = ", ".join(["sum(calls)", "sum(errors)", *(f"sum({name})" for name in usage)])

        def compare(what, direct, sums):
            a, b = ({tuple(x or 0 for x in row) for row in db.execute(sql)} for sql in (direct, sums))
            if a != b:
                problems.append(f"{what}: {len(a ^ b)} rows differ, such as {sorted(a ^ b)[:2]}")

        # A call, and calls of which only sums are kept, with the same columns.
        one = f"session, coalesce(at / 900000, -1) AS slot, model, source, 1 AS calls, flags & 8 <> 0 AS errors"
        told = f"SELECT {one}, {', '.join(usage)} FROM call WHERE duplicate_of IS NULL"
        spans = "SELECT session, at AS first, at AS last FROM call"
        if "compacted" in tables:
            sums = "session, slot, model, source, calls, CASE WHEN class & 8 THEN calls ELSE 0 END AS errors"
            told += f" UNION ALL SELECT {sums}, {', '.join(usage)} FROM compacted"
            spans += " UNION ALL SELECT session, first_at, last_at FROM compacted"
        compare("usage_slot", f"SELECT session, slot, model, source, {rolled} FROM ({told}) GROUP BY 1, 2, 3, 4",
                f"SELECT session, slot, model, source, {rolled} FROM usage_slot GROUP BY 1, 2, 3, 4")
        compare("usage_session", f"SELECT session, {rolled} FROM ({told}) GROUP BY 1",
                f"SELECT session, {rolled} FROM usage_session GROUP BY 1")
        if db.execute(f"SELECT 1 FROM ({told}) LIMIT 1").fetchone():
            for (zone,) in db.execute("SELECT id FROM zone").fetchall():
                compare("usage_day", f"SELECT {rolled} FROM ({told})", f"SELECT {rolled} FROM usage_day WHERE zone = {zone}")
        compare("session spans", f"SELECT session, min(first), max(last) FROM ({spans}) GROUP BY session",
                f"SELECT id, first_at, last_at FROM session WHERE id IN (SELECT session FROM ({spans}))")
    db.close()
print(json.dumps({"problems": problems, "calls": calls}))
