"""Writes databases in WAL mode, in every state that a reader may meet, into the folder named on the command line.

Each case is a copy of the database and its -wal file, made while the writer has it open, once as written and once with
big-endian checksums. truth.json holds what native SQLite reads from a copy of that copy.
"""
import json
import os
import shutil
import sqlite3
import struct
import sys

out = sys.argv[1]
keep = []
truth = {}


def native(name):
    os.makedirs(f"{out}/native", exist_ok=True)
    for suffix in ("", "-wal"):
        if os.path.exists(f"{out}/{name}.db{suffix}"):
            shutil.copy(f"{out}/{name}.db{suffix}", f"{out}/native/{name}.db{suffix}")
    reader = sqlite3.connect(f"{out}/native/{name}.db")
    count, total = reader.execute("select count(*), sum(a) from t").fetchone()
    tables = reader.execute("select count(*) from sqlite_master").fetchone()[0]
    reader.close()
    truth[name] = {"count": count, "sum": total, "tables": tables}


def big_endian(wal):
    """The same log as a machine with the other byte order would have written it."""
    def add(data, s):
        words = struct.unpack(f">{len(data) // 4}I", data)
        a, b = s
        for i in range(0, len(words), 2):
            a = (a + words[i] + b) & 0xFFFFFFFF
            b = (b + words[i + 1] + a) & 0xFFFFFFFF
        return a, b

    def add_little(data, s):
        words = struct.unpack(f"<{len(data) // 4}I", data)
        a, b = s
        for i in range(0, len(words), 2):
            a = (a + words[i] + b) & 0xFFFFFFFF
            b = (b + words[i + 1] + a) & 0xFFFFFFFF
        return a, b

    if len(wal) < 32:
        return wal
    page = struct.unpack(">I", wal[8:12])[0]
    little = add_little(wal[0:24], (0, 0))
    header = struct.pack(">I", 0x377F0683) + wal[4:24]
    big = add(header, (0, 0))
    result = [header + struct.pack(">2I", *big)]
    at = 32
    while at + 24 + page <= len(wal):
        frame = wal[at:at + 24 + page]
        little = add_little(frame[24:], add_little(frame[:8], little))
        if frame[8:16] != wal[16:24] or struct.pack(">2I", *little) != frame[16:24]:
            break
        big = add(frame[24:], add(frame[:8], big))
        result.append(frame[:16] + struct.pack(">2I", *big) + frame[24:])
        at += 24 + page
    return b"".join(result) + wal[at:]


def snap(name, change=None):
    for suffix in ("", "-wal"):
        if os.path.exists(f"{out}/src/{name}{suffix}"):
            shutil.copy(f"{out}/src/{name}{suffix}", f"{out}/{name}.db{suffix}")
    if change:
        with open(f"{out}/{name}.db-wal", "rb") as f:
            wal = change(f.read())
        with open(f"{out}/{name}.db-wal", "wb") as f:
            f.write(wal)
    native(name)
    if os.path.exists(f"{out}/{name}.db-wal"):
        twin = f"{name}-big-endian"
        shutil.copy(f"{out}/{name}.db", f"{out}/{twin}.db")
        with open(f"{out}/{name}.db-wal", "rb") as f, open(f"{out}/{twin}.db-wal", "wb") as g:
            g.write(big_endian(f.read()))
        native(twin)
        assert truth[twin] == truth[name], twin


def connect(name):
    connection = sqlite3.connect(f"{out}/src/{name}", isolation_level=None)
    connection.execute("pragma synchronous=off")
    keep.append(connection)
    return connection


def base(name, page_size=4096):
    """1,000 rows in the database file, an empty log."""
    c = connect(name)
    c.execute(f"pragma page_size={page_size}")
    c.execute("pragma journal_mode=wal")
    c.execute("pragma wal_autocheckpoint=0")
    c.execute("create table t(a integer, b text)")
    insert(c, 1000, "x" * 100)
    c.execute("pragma wal_checkpoint(truncate)")
    return c


def insert(c, rows, text, commit=True):
    c.execute("begin")
    c.executemany("insert into t values(?,?)", [(i, text) for i in range(rows)])
    if commit:
        c.execute("commit")


os.makedirs(f"{out}/src", exist_ok=True)

c = base("committed-tail")
insert(c, 500, "y" * 100)
snap("committed-tail")

c = base("uncommitted-spill")
c.execute("insert into t values(7,'committed')")
c.execute("pragma cache_size=5")
insert(c, 2000, "z" * 500, commit=False)
snap("uncommitted-spill")

c = base("restarted-over-old-frames")
insert(c, 3000, "q" * 300)
c.execute("pragma wal_checkpoint(restart)")
c.execute("delete from t where a%2=0 and b like 'q%'")
snap("restarted-over-old-frames")

c = connect("only-in-the-log")
c.execute("pragma journal_mode=wal")
c.execute("pragma wal_autocheckpoint=0")
c.execute("create table t(a integer,b text)")
c.executemany("insert into t values(?,?)", [(i, "d") for i in range(300)])
snap("only-in-the-log")

for size in (512, 1024, 65536):
    c = base(f"page-size-{size}", size)
    insert(c, 500, "y" * 100)
    snap(f"page-size-{size}")

c = base("shrunk-by-vacuum")
c.execute("delete from t where a>10")
c.execute("vacuum")
snap("shrunk-by-vacuum")

c = base("shrunk-and-grown")
c.execute("delete from t where a>10")
c.execute("vacuum")
insert(c, 900, "g" * 150)
snap("shrunk-and-grown")

base("empty-log")
snap("empty-log")

c = base("passively-checkpointed")
c.execute("insert into t values(1,'h')")
c.execute("pragma wal_checkpoint(passive)")
snap("passively-checkpointed")

c = base("partly-checkpointed")
c.execute("insert into t values(1,'i')")
r = connect("partly-checkpointed")
r.execute("begin")
r.execute("select count(*) from t").fetchone()
insert(c, 800, "i" * 200)
c.execute("pragma wal_checkpoint(passive)")
c.execute("alter table t add column extra")
c.execute("create table t2(z)")
snap("partly-checkpointed")

c = base("torn-tail")
insert(c, 100, "y" * 100)
insert(c, 500, "w" * 100)
snap("torn-tail", lambda wal: wal[:-1000])

c = base("flipped-bit")
insert(c, 100, "y" * 100)
insert(c, 500, "w" * 100)
snap("flipped-bit", lambda wal: wal[:-5000] + bytes([wal[-5000] ^ 1]) + wal[-4999:])

with open(f"{out}/truth.json", "w") as f:
    json.dump(truth, f)
for connection in reversed(keep):
    connection.close()
shutil.rmtree(f"{out}/src")
shutil.rmtree(f"{out}/native")
