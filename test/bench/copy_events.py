"""The yardstick of the import benchmark: copies the columns of synth-ai events that the ledger keeps into an indexed
table with Python's sqlite3. Prints JSON: seconds spent and rows copied."""

import json
import sqlite3
import sys
import time

source, target = sys.argv[1:3]
columns = (
    "id, session_id, event_time, model_name, provider, input_tokens, output_tokens, total_tokens, cost_usd, latency_ms,"
    " call_records, metadata"
)

start = time.perf_counter()
db = sqlite3.connect(target)
db.execute("PRAGMA journal_mode = truncate")
db.execute(f"CREATE TABLE event ({columns})")
db.execute("CREATE UNIQUE INDEX event_id ON event (id)")
db.execute("CREATE INDEX event_session ON event (session_id, event_time)")
rows = sqlite3.connect(f"file:{source}?mode=ro", uri=True).execute(f"SELECT {columns} FROM events")
copied = 0
while batch := rows.fetchmany(5000):
    with db:
        db.executemany(f"INSERT INTO event VALUES ({', '.join('?' * 12)})", batch)
    copied += len(batch)
print(json.dumps({"seconds": time.perf_counter() - start, "rows": copied}))
