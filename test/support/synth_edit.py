"""Changes a synth-ai database (native or sqlalchemy shape) as its writer or its user would. argv: database, edit...

append N SESSION CENTS   N calls of CENTS cents, 1,000 input and 100 output tokens each; the session is made if it is new
delete-oldest N, delete-newest N   events
"""
import sqlite3
import sys
import time

path, edits = sys.argv[1], iter(sys.argv[2:])
db = sqlite3.connect(path)
for edit in edits:
    if edit == "append":
        n, session, cents = int(next(edits)), next(edits), int(next(edits))
        db.execute(
            "INSERT OR IGNORE INTO session_traces (session_id, created_at, num_timesteps, num_events, num_messages, metadata)"
            " VALUES (?, '2025-11-03T12:00:00+00:00', 0, 0, 0, '{}')",
            [session],
        )
        db.executemany(
            "INSERT INTO events (session_id, event_type, event_time, model_name, provider, input_tokens, output_tokens, cost_usd, metadata)"
            " VALUES (?, 'cais', ?, 'gpt-4o', 'openai', 1000, 100, ?, '{}')",
            [[session, 1762171200.0 + i, cents] for i in range(n)],
        )
    else:
        order = {"delete-oldest": "ASC", "delete-newest": "DESC"}[edit]
        db.execute(f"DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id {order} LIMIT ?)", [int(next(edits))])
db.commit()
db.close()
