"""PostgreSQL's own programs: pg_dump, pgbench, and postgres_fdw from a real PostgreSQL."""

import os
import re
import subprocess

import psycopg

from checks import check, run

BINARIES = "/usr/lib/postgresql/15/bin"


def describe_error(error):
    return [type(error).__name__, error.sqlstate, error.diag.message_primary or str(error)] if isinstance(error, psycopg.Error) else None


def tool(name, *arguments, given=None):
    return subprocess.run([os.path.join(BINARIES, name), *arguments], input=given, capture_output=True, text=True, timeout=120)


@check("pg_dump of a schema")
def _(connection):
    connection.autocommit = True
    for statement in (
        "CREATE SCHEMA dumped", "CREATE TABLE dumped.parent (id integer PRIMARY KEY, name character varying(20) DEFAULT 'x' NOT NULL, at timestamp(3) without time zone, n numeric(8,2), tags text[], ok boolean DEFAULT true)",
        "CREATE TABLE dumped.child (no integer, parent integer REFERENCES dumped.parent (id) ON DELETE CASCADE, UNIQUE (no))", "COMMENT ON TABLE dumped.parent IS 'a table'", "CREATE SEQUENCE dumped.numbers START 5",
    ):
        connection.execute(statement)
    result = tool("pg_dump", "--schema-only", "--no-owner", "--schema=dumped")
    lines = [line for line in result.stdout.splitlines() if line and not line.startswith(("--", "SET ", "\\"))]
    return [["code", result.returncode], ["errors", result.stderr], ["statements", " ".join(lines).split(";")]]


@check("pg_dump of rows, restored")
def _(connection):
    connection.autocommit = True
    connection.execute("CREATE TABLE dump_rows (i int, t text, d date, y bytea)")
    connection.execute("INSERT INTO dump_rows SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE E'tab\\t' || i END, date '2020-01-01' + i, decode('00ff', 'hex') FROM generate_series(1, 100) AS g(i)")
    found = []
    for options in ((), ("--inserts",)):
        result = tool("pg_dump", "--data-only", "--table=dump_rows", *options)
        connection.execute("TRUNCATE dump_rows")
        restored = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"], input=result.stdout, capture_output=True, text=True, timeout=120)
        found.append([result.returncode, result.stderr, restored.returncode, restored.stderr, connection.execute("SELECT count(*), count(t), min(d), max(i) FROM dump_rows").fetchone()])
    return found


@check("pgbench: its tables")
def _(connection):
    result = tool("pgbench", "-i", "-I", "dtgp", "-s", "1", "-q")
    return [["code", result.returncode], ["errors", "" if result.returncode == 0 else result.stderr], ["rows", connection.execute("SELECT (SELECT count(*) FROM pgbench_accounts), (SELECT count(*) FROM pgbench_branches), (SELECT count(*) FROM pgbench_tellers)").fetchone()]]


@check("pgbench: its scripts in every protocol")
def _(connection):
    found = []
    for mode in ("simple", "extended", "prepared"):
        for script, transactions in (("select-only", 30), ("tpcb-like", 5)):
            result = tool("pgbench", "-n", "-M", mode, "-b", script, "-c", "2", "-t", str(transactions), "--max-tries", "50")
            processed = re.search(r"actually processed: (\S+)", result.stdout)
            found.append([f"{mode} {script}", [result.returncode, processed and processed.group(1), "" if result.returncode == 0 else result.stderr[-500:]]])
    return found + [["balance", connection.execute("SELECT (SELECT sum(delta) FROM pgbench_history) = (SELECT sum(bbalance) FROM pgbench_branches), (SELECT count(*) FROM pgbench_history)").fetchone()]]


@check("postgres_fdw from a real PostgreSQL")
def _(connection):
    connection.autocommit = True
    connection.execute("CREATE TABLE fdw_rows (i int PRIMARY KEY, t text, n numeric(8,2), at timestamptz, a int[])")
    connection.execute("INSERT INTO fdw_rows SELECT i, 't' || i, i / 4.0, timestamptz '2020-01-01 00:00+00' + i * interval '1 day', ARRAY[i, i + 1] FROM generate_series(1, 1000) AS g(i)")
    with psycopg.connect(host=os.environ["TWIN_HOST"], port=os.environ["TWIN_PORT"], user="postgres", dbname="postgres", autocommit=True) as local:
        server = f"fdw_{os.environ['PGPORT']}"
        local.execute("SELECT pg_advisory_lock(7)")
        local.execute("CREATE EXTENSION IF NOT EXISTS postgres_fdw")
        local.execute(f"DROP SERVER IF EXISTS {server} CASCADE")
        local.execute(f"CREATE SERVER {server} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{os.environ['PGHOST']}', port '{os.environ['PGPORT']}', dbname '{os.environ['PGDATABASE']}', use_remote_estimate 'false')")
        local.execute(f"CREATE USER MAPPING FOR postgres SERVER {server} OPTIONS (user '{os.environ['PGUSER']}', password_required 'false')")
        local.execute(f"CREATE SCHEMA {server}")
        try:
            local.execute(f"IMPORT FOREIGN SCHEMA public LIMIT TO (fdw_rows) FROM SERVER {server} INTO {server}")
            table = f"{server}.fdw_rows"
            ask = lambda text: local.execute(text).fetchall()
            found = [["columns", ask(f"SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum")]]
            found.append(["filter", ask(f"SELECT * FROM {table} WHERE i BETWEEN 10 AND 12 ORDER BY i")])
            found.append(["aggregate", ask(f"SELECT count(*), sum(n), max(t), min(at) FROM {table} WHERE t LIKE 't1%'")])
            found.append(["joined", ask(f"SELECT count(*) FROM {table} a JOIN {table} b ON a.i = b.i WHERE a.n > 100")])
            for name, statement in (("insert", f"INSERT INTO {table} VALUES (2000, 'new', 1, now(), NULL)"), ("update", f"UPDATE {table} SET t = 'changed' WHERE i = 1"), ("delete", f"DELETE FROM {table} WHERE i = 2")):
                try:
                    found.append([name, local.execute(statement).rowcount])
                except psycopg.Error as error:
                    found.append([name, describe_error(error)])
            found.append(["after", connection.execute("SELECT count(*), max(i), (SELECT t FROM fdw_rows WHERE i = 1) FROM fdw_rows").fetchone()])
            return found
        finally:
            local.execute(f"DROP SERVER {server} CASCADE")
            local.execute(f"DROP SCHEMA {server} CASCADE")


run(tool("pg_dump", "--version").stdout.split(" (Debian")[0].strip().replace("pg_dump (PostgreSQL)", "PostgreSQL") .strip(), lambda: psycopg.connect(""), describe_error)
