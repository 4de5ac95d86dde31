"""Goes on writing to a synth-ai database in WAL mode, with checkpoints every few commits.

argv: database, seconds. Each commit is one session of 7 calls; call number i of the file has i input tokens, 2 output
tokens and i % 5 cents, so that a number of commits says what all figures must be.
"""
import sqlite3
import sys
import time

path, seconds = sys.argv[1], float(sys.argv[2])
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA wal_autocheckpoint=40")
db.execute("PRAGMA synchronous=OFF")
for table in ("events", "session_timesteps", "messages", "session_traces"):
    db.execute(f"DELETE FROM {table}")
db.execute("DELETE FROM sqlite_sequence")
print("ready", flush=True)
end = time.time() + seconds
commits = 0
while time.time() < end:
    db.execute("BEGIN")
    session = f"live_{commits}"
    db.execute(
        "INSERT INTO session_traces (session_id, created_at, num_timesteps, num_events, num_messages, metadata)"
        " VALUES (?, '2025-11-03T12:00:00+00:00', 0, 7, 0, '{}')",
        [session],
    )
    for i in range(7 * commits + 1, 7 * commits + 8):
        db.execute(
            "INSERT INTO events (session_id, event_type, event_time, model_name, provider, input_tokens, output_tokens, cost_usd, metadata)"
            " VALUES (?, 'cais', ?, 'gpt-4o', 'openai', ?, 2, ?, '{\"pad\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}')",
            [session, 1762171200.0 + i, i, i % 5],
        )
    db.execute("COMMIT")
    commits += 1
    time.sleep(0.004)
print("commits", commits, flush=True)
