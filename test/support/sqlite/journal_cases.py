"""Databases in rollback mode, copied in the middle of a transaction that has spilled, so that the file holds
uncommitted pages. The last committed state of each is 3,000 rows with the sum 4,498,500, worked out by hand: 0+...+2999.
"""
import os
import shutil
import sqlite3
import sys

out = sys.argv[1]
cases = (
    ("delete", "delete", "full", 4096),
    ("persist", "persist", "normal", 4096),
    ("truncate-unsynced", "truncate", "off", 4096),
    ("rolled-back-before", "persist", "full", 4096),
    ("large-pages", "delete", "full", 65536),
    ("small-pages", "delete", "full", 512),
)
for name, mode, sync, page_size in cases:
    source = f"{out}/{name}.src"
    c = sqlite3.connect(source, isolation_level=None)
    c.execute(f"pragma page_size={page_size}")
    c.execute(f"pragma journal_mode={mode}")
    c.execute(f"pragma synchronous={sync}")
    c.execute("create table t(a integer,b text)")
    c.execute("begin")
    c.executemany("insert into t values(?,?)", [(i, "x" * 200) for i in range(3000)])
    c.execute("commit")
    c.execute("pragma cache_size=8")
    if name == "rolled-back-before":
        c.execute("begin")
        c.execute("update t set a=a+5")
        c.execute("rollback")
    c.execute("begin")
    c.execute("update t set a=a+1,b='" + "y" * 150 + "'")
    c.executemany("insert into t values(?,?)", [(i, "z" * 200) for i in range(3000)])
    shutil.copy(source, f"{out}/{name}.db")
    shutil.copy(f"{source}-journal", f"{out}/{name}.db-journal")
    c.execute("rollback")
    c.close()
    for suffix in ("", "-journal"):
        if os.path.exists(source + suffix):
            os.remove(source + suffix)
