"""psycopg2: connections by libpq's own variables (PGHOST and its kin)."""

import datetime as dt
import decimal
import io
import threading
import uuid

import psycopg2
import psycopg2.extensions as extensions
import psycopg2.extras as extras
from psycopg2 import sql

from checks import check, run

extras.register_uuid()
SLOW = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11"


def connect(**options):
    return psycopg2.connect("", **options)


def describe_error(error):
    if not isinstance(error, psycopg2.Error):
        return None
    diagnostic = error.diag
    return [type(error).__name__, error.pgcode, diagnostic.message_primary or str(error), diagnostic.message_detail, diagnostic.message_hint, diagnostic.statement_position]


def attempt(function):
    """What it returns, or the error it raises."""
    try:
        return function()
    except psycopg2.Error as error:
        return describe_error(error)


def ask(connection, statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description is not None else [cursor.rowcount, cursor.statusmessage]


@check("types both ways")
def _(connection):
    found = []
    for value, kind in [
        (1, "int2"), (-5, "int4"), (2**62, "int8"), (1.5, "float4"), (-2.25e100, "float8"), (decimal.Decimal("123.456"), "numeric(12,3)"), ("naïve 'quoted' \\ %", "text"),
        ("ab", "char(4)"), (True, "bool"), (dt.date(2024, 2, 29), "date"), (dt.time(23, 59, 58, 123456), "time"), (dt.datetime(1999, 12, 31, 1, 2, 3, 4), "timestamp"),
        (dt.datetime(2024, 7, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2))), "timestamptz"), (dt.timedelta(days=3, seconds=5), "interval"), (uuid.UUID(int=5), "uuid"),
        (psycopg2.Binary(b"\x00\xff'\\"), "bytea"), (extras.Json({"a": [1, None]}), "json"), (extras.Json({"k": 1.5}), "jsonb"), ([1, None, 3], "int4[]"),
        (["a", 'b"c', ""], "text[]"), ([], "text[]"), ([dt.date(2020, 1, 1)], "date[]"), (float("nan"), "float8"), (float("-inf"), "float8"), (None, "int4"), ([[1, 2], [3, 4]], "int4[]"),
    ]:
        def one(value=value, kind=kind):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT %s::{kind} AS v", [value])
                column = cursor.description[0]
                row = cursor.fetchone()
                return [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] + [column.name, column.type_code, column.internal_size, column.precision, column.scale]
        found.append([kind, attempt(one)])
        connection.rollback()
    return found


@check("literals of every kind without casts")
def _(connection):
    ask(connection, "CREATE TABLE p2_literals (i int, b bigint, n numeric(10,2), f float8, t text, d date, z timestamptz, y bytea, a int[], u uuid, o bool, j jsonb, l interval)")
    values = [1, 2**40, decimal.Decimal("1.25"), 0.1, "it's \\ %s", dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, tzinfo=dt.timezone.utc), psycopg2.Binary(b"\x01\x00"), [1, 2], uuid.UUID(int=9), True, extras.Json([1]), dt.timedelta(hours=30)]
    ask(connection, "INSERT INTO p2_literals VALUES (" + ", ".join(["%s"] * len(values)) + ")", values)
    row = ask(connection, "SELECT * FROM p2_literals WHERE i IN %s AND d = %s AND a = %s AND t = %s", [(1, 2), dt.date(2020, 1, 2), [1, 2], "it's \\ %s"])[0]
    return [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]


@check("cursors of extras")
def _(connection):
    with connection.cursor(cursor_factory=extras.RealDictCursor) as cursor:
        cursor.execute("SELECT 1 AS a, 'x' AS b")
        first = [dict(row) for row in cursor]
    with connection.cursor(cursor_factory=extras.DictCursor) as cursor:
        cursor.execute("SELECT 1 AS a, 'x' AS b")
        row = cursor.fetchone()
        second = [row["a"], row["b"], row[1]]
    with connection.cursor(cursor_factory=extras.NamedTupleCursor) as cursor:
        cursor.execute("SELECT 1 AS a, 'x' AS b")
        third = tuple(cursor.fetchone())
    return [first, second, third]


@check("batches")
def _(connection):
    ask(connection, "CREATE TABLE p2_batch (id int, t text)")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO p2_batch VALUES (%s, %s)", [(i, "m") for i in range(5)])
        counts = [cursor.rowcount]
        extras.execute_batch(cursor, "INSERT INTO p2_batch VALUES (%s, %s)", [(i, "b") for i in range(10, 60)], page_size=20)
        returned = extras.execute_values(cursor, "INSERT INTO p2_batch (id, t) VALUES %s RETURNING id", [(i, "v") for i in range(100, 103)], fetch=True)
        extras.execute_values(cursor, "UPDATE p2_batch SET t = d.t FROM (VALUES %s) AS d (id, t) WHERE p2_batch.id = d.id", [(1, "one"), (2, "two")])
        counts.append(cursor.rowcount)
    return [counts, returned, ask(connection, "SELECT t, count(*) FROM p2_batch GROUP BY t ORDER BY t")]


@check("server-side cursors")
def _(connection):
    with connection.cursor("p2_named") as cursor:
        cursor.itersize = 50
        cursor.execute("SELECT i, i::text FROM generate_series(1, %s) AS g(i)", [500])
        first = [cursor.fetchone(), cursor.fetchmany(2)]
        total = sum(row[0] for row in cursor)
        names = [column.name for column in cursor.description]
    with connection.cursor("p2_scroll", scrollable=True) as cursor:
        cursor.execute("SELECT i FROM generate_series(1, 20) AS g(i)")
        cursor.scroll(5)
        moved = [cursor.fetchone()]
        cursor.scroll(-2)
        moved.append(cursor.fetchone())
        cursor.scroll(18, mode="absolute")
        moved.append(cursor.fetchall())
    with connection.cursor("p2_hold", withhold=True) as cursor:
        cursor.execute("SELECT generate_series(1, 3)")
        connection.commit()
        held = cursor.fetchall()
    return [first, total, names, moved, held, attempt(lambda: connection.cursor("p2_forward", scrollable=False).scroll(-1))]


@check("transactions, savepoints and states")
def _(connection):
    ask(connection, "CREATE TABLE p2_tx (i int)")
    connection.commit()
    states = [connection.get_transaction_status()]
    with connection:
        ask(connection, "INSERT INTO p2_tx VALUES (1)")
        ask(connection, "SAVEPOINT a")
        ask(connection, "INSERT INTO p2_tx VALUES (2)")
        states.append([attempt(lambda: ask(connection, "SELECT 1/0")), connection.get_transaction_status(), attempt(lambda: ask(connection, "SELECT 1"))])
        ask(connection, "ROLLBACK TO SAVEPOINT a")
        ask(connection, "INSERT INTO p2_tx VALUES (3)")
        ask(connection, "RELEASE SAVEPOINT a")
    try:
        with connection:
            ask(connection, "INSERT INTO p2_tx VALUES (4)")
            raise KeyError("out")
    except KeyError:
        pass
    return [states, ask(connection, "SELECT i FROM p2_tx ORDER BY i"), connection.get_transaction_status()]


@check("session settings")
def _(connection):
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True, deferrable=False)
    shown = [ask(connection, f"SHOW {name}") for name in ("transaction_isolation", "transaction_read_only")]
    refused = attempt(lambda: ask(connection, "CREATE TABLE p2_refused (i int)"))
    connection.rollback()
    connection.set_session(autocommit=True, readonly=None, isolation_level=extensions.ISOLATION_LEVEL_DEFAULT)
    ask(connection, "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    shown.append(ask(connection, "SHOW default_transaction_isolation"))
    connection.set_client_encoding("UTF8")
    connection.reset()
    return [shown, refused, connection.encoding, connection.get_parameter_status("server_encoding"), connection.server_version // 10000, connection.protocol_version, connection.info.dbname]


@check("copy both ways")
def _(connection):
    ask(connection, "CREATE TABLE p2_copy (i int, t text)")
    with connection.cursor() as cursor:
        cursor.copy_from(io.StringIO("1\ta\n2\t\\N\n3\tb\\tc\n"), "p2_copy")
        counts = [cursor.rowcount]
        cursor.copy_from(io.StringIO("4|x\n"), "p2_copy", sep="|", columns=("i", "t"), null="")
        cursor.copy_expert("COPY p2_copy (i, t) FROM STDIN WITH (FORMAT csv, HEADER, NULL 'nil')", io.StringIO('i,t\n5,"a ""q"", b"\n6,nil\n'))
        counts.append(cursor.rowcount)
        text, csv, plain = io.StringIO(), io.StringIO(), io.StringIO()
        cursor.copy_to(text, "p2_copy", columns=("i", "t"))
        cursor.copy_expert("COPY (SELECT * FROM p2_copy ORDER BY i) TO STDOUT WITH CSV HEADER", csv)
        cursor.copy_expert("COPY (SELECT i FROM p2_copy ORDER BY i) TO STDOUT WITH DELIMITER ','", plain)
        binary = io.BytesIO()
        cursor.copy_expert("COPY (SELECT 1::int4, 'x'::text) TO STDOUT (FORMAT binary)", binary)
    return [counts, sorted(text.getvalue().splitlines()), csv.getvalue(), plain.getvalue(), binary.getvalue()]


@check("copy that fails")
def _(connection):
    ask(connection, "CREATE TABLE p2_copy_bad (i int)")
    connection.commit()

    class Broken(io.StringIO):
        def read(self, size=-1):
            raise OSError("disk on fire")
    found = []
    for source in (io.StringIO("x\n"), Broken()):
        def load(source=source):
            with connection.cursor() as cursor:
                cursor.copy_expert("COPY p2_copy_bad FROM STDIN", source)
        try:
            load()
        except psycopg2.Error as error:
            found.append(describe_error(error)[:2])
        except OSError as error:
            found.append(str(error))
        connection.rollback()
    return [found, ask(connection, "SELECT count(*) FROM p2_copy_bad")]


@check("errors by class")
def _(connection):
    connection.autocommit = True
    ask(connection, "CREATE TABLE p2_err (id int NOT NULL, v varchar(3))")
    return [[statement, attempt(lambda: ask(connection, statement))] for statement in (
        "SELEC 1", "SELECT * FROM no_such", "SELECT no_col FROM p2_err", "SELECT no_fun()", "SELECT 1/0", "INSERT INTO p2_err VALUES (NULL)", "INSERT INTO p2_err VALUES (1, 'abcd')",
        "SELECT 'x'::int", "CREATE TABLE p2_err (i int)", "SELECT 9999999999::int", "SELECT '2020-13-01'::date", "CREATE SCHEMA public", "SELECT * FROM no_schema.t", "SELECT 1;; SELECT 2", "", "-- nothing",
        "SELECT 1; SELECT no_col; SELECT 3", "VALUES (1), (2, 3)", "DROP VIEW p2_err", "SELECT max(id) OVER w FROM p2_err", "FETCH 1 FROM no_cursor", "EXECUTE no_statement",
    )]


@check("several statements at once")
def _(connection):
    connection.autocommit = True
    rows = ask(connection, "CREATE TABLE p2_several (i int); INSERT INTO p2_several VALUES (1), (2); SELECT sum(i) FROM p2_several")
    failed = attempt(lambda: ask(connection, "INSERT INTO p2_several VALUES (3); SELECT 1/0"))
    return [rows, failed, ask(connection, "SELECT count(*) FROM p2_several")]


@check("cancel from another thread")
def _(connection):
    timer = threading.Timer(0.5, connection.cancel)
    timer.start()
    failed = attempt(lambda: ask(connection, SLOW))
    timer.join()
    connection.rollback()
    return [failed, ask(connection, "SELECT 1")]


@check("asynchronous connection")
def _(_):
    connection = psycopg2.connect("", async_=1)
    extras.wait_select(connection)
    cursor = connection.cursor()
    cursor.execute("SELECT i FROM generate_series(1, %s) AS g(i)", [3])
    extras.wait_select(connection)
    rows = cursor.fetchall()
    cursor.execute("SELECT 1/0")
    failed = attempt(lambda: extras.wait_select(connection))
    connection.close()
    return [rows, failed]


@check("notices")
def _(connection):
    ask(connection, "DROP TABLE IF EXISTS p2_never")
    ask(connection, "CREATE TABLE p2_notice (i int)")
    ask(connection, "CREATE TABLE IF NOT EXISTS p2_notice (i int)")
    return connection.notices


@check("values of session types")
def _(connection):
    ask(connection, "SET TimeZone = 'America/New_York'")
    first = ask(connection, "SELECT '2024-07-01 12:00+00'::timestamptz, '2024-01-01 12:00+00'::timestamptz, 'infinity'::date::text, '1 year 2 mons 3 days 04:05:06.789'::interval::text")
    ask(connection, "SET IntervalStyle = 'iso_8601'")
    ask(connection, "SET DateStyle = 'SQL, DMY'")
    return [first, ask(connection, "SELECT '1 year 2 mons 3 days 04:05:06'::interval::text, date '2024-02-01'::text, '03/02/2024'::date::text")]


@check("hstore, ranges, composite and large objects")
def _(connection):
    connection.autocommit = True
    found = [attempt(lambda: extras.HstoreAdapter.get_oids(connection))]
    found.append(attempt(lambda: connection.lobject(0, "wb").oid > 0))
    return found


@check("catalog")
def _(connection):
    ask(connection, "CREATE TABLE p2_catalog (id bigint PRIMARY KEY, name varchar(20) NOT NULL, made timestamp(3) DEFAULT now(), price numeric(9,2), tags text[])")
    return [
        ask(connection, "SELECT column_name, data_type, is_nullable, column_default, character_maximum_length, numeric_precision, numeric_scale, udt_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", ["p2_catalog"]),
        ask(connection, "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum", ["p2_catalog"]),
        ask(connection, "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass", ["p2_catalog"]),
        ask(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = %s", ["p2_catalog"]),
        ask(connection, "SELECT current_database(), current_user, current_schema(), pg_table_is_visible(%s::regclass)", ["p2_catalog"]),
    ]


run(f"psycopg2 {psycopg2.__version__.split()[0]}", connect, describe_error)
