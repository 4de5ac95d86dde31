"""Appends rows (id, 3*id) in WAL mode until the time is over. argv: database, seconds"""
import sqlite3
import sys
import time

c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("pragma journal_mode=wal")
c.execute("create table g(id integer primary key, k integer, pad text)")
print("ready", flush=True)
end = time.time() + float(sys.argv[2])
n = 0
while time.time() < end:
    c.execute("begin")
    c.executemany("insert into g values(?,?,?)", [(i, 3 * i, "p" * 100) for i in range(n + 1, n + 51)])
    c.execute("commit")
    n += 50
    time.sleep(0.003)
print("rows", n, flush=True)
