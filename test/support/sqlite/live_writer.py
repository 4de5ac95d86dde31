"""Moves amounts between 2,000 rows that always add up to 2,000,000, commit after commit.

argv: database, journal mode, seconds, pause between commits in seconds, cache pages, wal_autocheckpoint
"""
import random
import sqlite3
import sys
import time

path, mode, seconds, pause, cache, checkpoint = sys.argv[1:7]
c = sqlite3.connect(path, isolation_level=None)
c.execute(f"pragma journal_mode={mode}")
c.execute("pragma synchronous=off")
c.execute(f"pragma wal_autocheckpoint={checkpoint}")
c.execute("create table t(id integer primary key, v integer, pad blob)")
c.execute("begin")
for i in range(2000):
    c.execute("insert into t values(?,1000,zeroblob(300))", (i,))
c.execute("commit")
c.execute(f"pragma cache_size={cache}")
print("ready", flush=True)
end = time.time() + float(seconds)
commits = 0
while time.time() < end:
    c.execute("begin immediate")
    for _ in range(60 if commits % 5 == 0 else 10):
        a, b = random.randrange(2000), random.randrange(2000)
        c.execute("update t set v=v-7 where id=?", (a,))
        c.execute("update t set v=v+7 where id=?", (b,))
    if commits % 7 == 3:
        c.execute("update t set v=v+1 where id<500")
        c.execute("rollback")
    else:
        c.execute("commit")
    commits += 1
    if float(pause):
        time.sleep(float(pause))
print("commits", commits, flush=True)
