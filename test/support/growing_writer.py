"""Goes on writing calls to a source, one a write, at a steady pace.

argv: kind (plato, claude or synth), file, seconds, writes a second. Call number i, from 1, has i input tokens and 2 output
tokens, so that a number of calls says what all figures must be. Each line of the output is the number of a call and the
time, in ms since the epoch, at which its write was done.
"""
import json
import os
import sqlite3
import sys
import time


def plato(path):
    metrics = []

    def write(i):
        metrics.append({
            "sessionId": "live", "command": "/review", "timestamp": 1748952000000 + i, "model": "gpt-4o",
            "provider": "copilot", "inputTokens": i, "outputTokens": 2, "totalTokens": i + 2, "cost": 0.002,
            "duration": 10,
        })
        # As Plato does it: the whole month anew, in place.
        with open(path, "w", encoding="utf8") as file:
            json.dump({"version": "1.0", "month": "2025-06", "metrics": metrics}, file, indent=2)

    return write


def claude(path):
    file = open(path, "a", encoding="utf8")

    def write(i):
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1772442000 + i)) + ".000Z"
        file.write(json.dumps({
            "parentUuid": None, "isSidechain": False, "userType": "external", "cwd": "/home/ana/shop",
            "sessionId": "77777777-7777-4777-8777-777777777777", "version": "2.1.40", "gitBranch": "main",
            "type": "assistant", "uuid": f"u{i}", "timestamp": when, "requestId": f"req_{i}",
            "message": {
                "id": f"msg_{i}", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
                "content": [], "usage": {"input_tokens": i, "output_tokens": 2, "cache_read_input_tokens": 0},
            },
        }) + "\n")
        file.flush()

    return write


def synth(path):
    is_new = not os.path.exists(path)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA wal_autocheckpoint=40")
    if is_new:
        schema = os.path.join(os.path.dirname(os.path.abspath(__file__)), "synth-ai-schema.sql")
        db.executescript(open(schema, encoding="utf8").read())

    def write(i):
        db.execute(
            "INSERT INTO events (session_id, event_type, event_time, model_name, provider, input_tokens, output_tokens,"
            " cost_usd, metadata) VALUES ('live', 'cais', ?, 'gpt-4o', 'openai', ?, 2, 1, '{}')",
            [1762171200.0 + i, i],
        )

    db.execute(
        "INSERT OR IGNORE INTO session_traces (session_id, created_at, num_timesteps, num_events, num_messages, metadata)"
        " VALUES ('live', '2025-11-03T12:00:00+00:00', 0, 0, 0, '{}')"
    )
    return write


kind, path, seconds, rate = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
write = {"plato": plato, "claude": claude, "synth": synth}[kind](path)
start = time.time()
for i in range(1, int(seconds * rate) + 1):
    time.sleep(max(0.0, start + i / rate - time.time()))
    write(i)
    print(i, time.time() * 1000, flush=True)
os._exit(0)  # Without closing the database: it is left as a program that goes on would leave it.
