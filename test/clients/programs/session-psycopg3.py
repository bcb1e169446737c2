"""psycopg 3: connections by libpq's own variables (PGHOST and its kin)."""

import datetime as dt
import decimal
import enum
import io
import ipaddress
import threading
import time
import uuid

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, namedtuple_row
from psycopg.types.json import Json, Jsonb
from psycopg.types.numeric import Int2, Int4, Int8

from checks import check, run


def connect(**options):
    return psycopg.connect("", **options)


def describe_error(error):
    if not isinstance(error, psycopg.Error):
        return None
    diagnostic = error.diag
    return [type(error).__name__, error.sqlstate, diagnostic.message_primary or str(error), diagnostic.message_detail, diagnostic.message_hint, diagnostic.statement_position]


def attempt(function):
    """What it returns, or the error it raises."""
    try:
        return function()
    except psycopg.Error as error:
        return describe_error(error)


def columns(cursor):
    return [(c.name, c.type_code, c.type_display, c.precision, c.scale, c.internal_size, c.display_size) for c in cursor.description]


VALUES = [
    (1, "int2", 32767), (2, "int4", -5), (3, "int8", 2**62), (4, "float4", 1.5), (5, "float8", -2.25e100), (6, "numeric(12,3)", decimal.Decimal("123.456")),
    (7, "text", "naïve 'quoted' \\ 𝄞"), (8, "varchar(10)", "abc"), (9, "char(4)", "ab"), (10, "bool", True), (11, "date", dt.date(2024, 2, 29)),
    (12, "time", dt.time(23, 59, 58, 123456)), (13, "timestamp", dt.datetime(1999, 12, 31, 1, 2, 3, 4)),
    (14, "timestamptz", dt.datetime(2024, 7, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))),
    (15, "interval", dt.timedelta(days=3, seconds=5, microseconds=7)), (16, "uuid", uuid.UUID("12345678-1234-5678-1234-567812345678")),
    (17, "bytea", b"\x00\xff'\\"), (18, "json", Json({"a": [1, None, "x"]})), (19, "jsonb", Jsonb({"k": 1.5})), (20, "int4[]", [1, None, 3]),
    (21, "text[]", ["a", 'b"c', "", None, "NULL"]), (22, "float8[]", []), (23, "timestamp[]", [dt.datetime(2020, 1, 1)]), (24, "oid", 12345),
    (25, "timetz", dt.time(1, 2, 3, tzinfo=dt.timezone.utc)), (26, "int4[]", [[1, 2], [3, 4]]), (27, "numeric", decimal.Decimal("-0.00001")),
    (28, "float8", float("inf")), (29, "float8", float("nan")), (30, "date", dt.date(1, 1, 1)), (31, "name", "a_name"), (32, "bytea", b""), (33, "text", ""),
    (34, "numeric", decimal.Decimal("NaN")), (35, "bool[]", [True, False, None]), (36, "uuid[]", [uuid.UUID(int=7)]), (37, "date[]", [dt.date(2001, 2, 3)]),
]


def round_trip(connection, binary):
    found = []
    for number, kind, value in VALUES:
        def ask(kind=kind, value=value):
            marker = "%b" if binary else "%t"
            cursor = connection.cursor(binary=binary)
            cursor.execute(f"SELECT {marker}::{kind} AS v", [value])
            row = cursor.fetchone()
            return [columns(cursor), row]
        found.append([number, kind, attempt(ask)])
        connection.rollback()
    return found


@check("types in text")
def _(connection):
    return round_trip(connection, False)


@check("types in binary")
def _(connection):
    return round_trip(connection, True)


@check("null of every type")
def _(connection):
    kinds = sorted({kind for _, kind, _ in VALUES})
    return [connection.execute(f"SELECT %s::{kind}, NULL::{kind}", [None]).fetchone() for kind in kinds]


@check("typed integers and automatic parameter types")
def _(connection):
    row = connection.execute("SELECT pg_typeof(%s), pg_typeof(%s), pg_typeof(%s), pg_typeof(%s), pg_typeof(%s), pg_typeof(%s), pg_typeof(%s)", [Int2(1), Int4(1), Int8(1), 1, 70000, 2**40, 1.5]).fetchone()
    return [row, connection.execute("SELECT %s + 1, %s || 'x', %s = ANY(%s)", [41, "y", 3, [1, 2, 3]]).fetchone()]


@check("parameters of unknown type")
def _(connection):
    connection.execute("CREATE TABLE p3_unknown (i int, t text, d date, n numeric(8,2), a int[], j jsonb, z timestamptz)")
    connection.execute("INSERT INTO p3_unknown VALUES (%s, %s, %s, %s, %s, %s, %s)", ["1", "t", "2020-01-02", "1.25", "{1,2}", '{"a": 1}', "2020-01-02 03:04:05+00"])
    return connection.execute("SELECT * FROM p3_unknown WHERE d = %s AND n > %s AND z < %s AND t LIKE %s", ["2020-01-02", "1", "2021-01-01", "t%"]).fetchall()


@check("description of a result")
def _(connection):
    connection.execute("CREATE TABLE p3_described (id int PRIMARY KEY, name varchar(20), price numeric(10,2), at timestamptz(3), fixed char(5))")
    cursor = connection.execute("SELECT *, id + 1, 'x', count(*) OVER () FROM p3_described")
    return [columns(cursor), cursor.statusmessage, cursor.rowcount]


@check("row factories")
def _(connection):
    first = connection.cursor(row_factory=dict_row).execute("SELECT 1 AS a, 'x' AS b").fetchall()
    second = connection.cursor(row_factory=namedtuple_row).execute("SELECT 1 AS a, 2 AS a_b").fetchone()
    return [first, tuple(second), second._fields]


@check("composed statements")
def _(connection):
    table = sql.Identifier("p3 odd\"name")
    connection.execute(sql.SQL("CREATE TABLE {} ({} int, {} text)").format(table, sql.Identifier("select"), sql.Identifier("Mixed Case")))
    connection.execute(sql.SQL("INSERT INTO {} VALUES ({}, {})").format(table, sql.Literal(7), sql.Literal("o'clock\\")))
    cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(table))
    return [[c.name for c in cursor.description], cursor.fetchall()]


@check("executemany, returning, rowcount")
def _(connection):
    connection.execute("CREATE TABLE p3_many (id int, t text)")
    cursor = connection.cursor()
    cursor.executemany("INSERT INTO p3_many VALUES (%s, %s)", [(i, f"row {i}") for i in range(50)])
    counts = [cursor.rowcount]
    cursor.executemany("INSERT INTO p3_many VALUES (%s, %s) RETURNING id", [(100, "a"), (101, "b")], returning=True)
    returned = []
    while True:
        returned.append(cursor.fetchall())
        if not cursor.nextset():
            break
    cursor.execute("UPDATE p3_many SET t = upper(t) WHERE id < %s RETURNING id, t", [2])
    updated = sorted(cursor.fetchall())
    counts.append(cursor.rowcount)
    cursor.execute("DELETE FROM p3_many WHERE id BETWEEN %s AND %s", [10, 19])
    counts.append([cursor.rowcount, cursor.statusmessage])
    return [counts, returned, updated, connection.execute("SELECT count(*), min(t), max(id) FROM p3_many").fetchone()]


@check("pipeline mode")
def _(connection):
    connection.execute("CREATE TABLE p3_pipe (i int)")
    connection.commit()
    with connection.pipeline() as pipeline:
        one = connection.execute("INSERT INTO p3_pipe VALUES (1), (2)")
        two = connection.execute("SELECT sum(i) FROM p3_pipe")
        pipeline.sync()
        three = connection.execute("SELECT 'after'")
    results = [one.rowcount, two.fetchone(), three.fetchone()]
    connection.commit()

    def failing():
        with connection.pipeline():
            connection.execute("INSERT INTO p3_pipe VALUES (3)")
            connection.execute("SELECT nothing_here")
            connection.execute("INSERT INTO p3_pipe VALUES (4)")
    failed = attempt(failing)
    connection.rollback()
    return [results, failed, connection.execute("SELECT count(*) FROM p3_pipe").fetchone()]


@check("prepared statements")
def _(connection):
    connection.prepare_threshold = 2
    connection.execute("CREATE TABLE p3_prepared (i int)")
    for i in range(6):
        connection.execute("INSERT INTO p3_prepared VALUES (%s)", [i])
    names = connection.execute("SELECT count(*) > 0, bool_and(NOT from_sql) FROM pg_prepared_statements", prepare=False).fetchone()
    connection.execute("ALTER TABLE p3_prepared ADD COLUMN t text DEFAULT 'd'")
    first = connection.execute("SELECT * FROM p3_prepared WHERE i = %s", [3], prepare=True).fetchall()
    connection.execute("DEALLOCATE ALL")
    return [names, first, attempt(lambda: connection.execute("SELECT count(*) FROM p3_prepared WHERE i > %s", [1], prepare=True).fetchone())]


@check("a changed table under a prepared statement")
def _(connection):
    connection.autocommit = True
    connection.execute("CREATE TABLE p3_changed (i int)")
    connection.execute("INSERT INTO p3_changed VALUES (1)")
    ask = lambda: connection.execute("SELECT * FROM p3_changed", prepare=True).fetchall()
    return [ask(), ask(), connection.execute("ALTER TABLE p3_changed ADD COLUMN t text").statusmessage, attempt(ask), attempt(ask)]


@check("transactions and savepoints")
def _(connection):
    connection.execute("CREATE TABLE p3_tx (i int)")
    connection.commit()
    states = [connection.info.transaction_status.name]
    with connection.transaction():
        connection.execute("INSERT INTO p3_tx VALUES (1)")
        states.append(connection.info.transaction_status.name)
        try:
            with connection.transaction("inner"):
                connection.execute("INSERT INTO p3_tx VALUES (2)")
                connection.execute("SELECT 1/0")
        except psycopg.errors.DivisionByZero as error:
            states.append([error.sqlstate, connection.info.transaction_status.name])
        with connection.transaction():
            connection.execute("INSERT INTO p3_tx VALUES (3)")
    with connection.transaction(force_rollback=True):
        connection.execute("INSERT INTO p3_tx VALUES (99)")
    rows = connection.execute("SELECT i FROM p3_tx ORDER BY i").fetchall()
    failed = attempt(lambda: connection.execute("SELECT no_such"))
    states.append(connection.info.transaction_status.name)
    aborted = attempt(lambda: connection.execute("SELECT 1"))
    connection.rollback()
    return [states, rows, failed, aborted, connection.info.transaction_status.name]


@check("isolation, read only, deferrable")
def _(connection):
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    connection.read_only = True
    connection.deferrable = True
    shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("transaction_isolation", "transaction_read_only", "transaction_deferrable")]
    refused = attempt(lambda: connection.execute("CREATE TABLE p3_refused (i int)"))
    return [shown, refused]


@check("autocommit and what needs it")
def _(connection):
    connection.autocommit = True
    connection.execute("CREATE TABLE p3_auto (i int)")
    connection.execute("INSERT INTO p3_auto VALUES (1)")
    with connect() as other:
        seen = other.execute("SELECT count(*) FROM p3_auto").fetchone()
    return [seen, connection.info.transaction_status.name, attempt(lambda: connection.execute("SAVEPOINT s")), attempt(lambda: connection.execute("BEGIN; SAVEPOINT s; ROLLBACK").statusmessage)]


@check("server-side cursors")
def _(connection):
    with connection.cursor("p3_named") as cursor:
        cursor.itersize = 100
        cursor.execute("SELECT i, i::text AS t FROM generate_series(1, %s) AS g(i)", [1000])
        first = cursor.fetchone()
        some = cursor.fetchmany(3)
        total = sum(row[0] for row in cursor)
        described = columns(cursor)
    with connection.cursor("p3_scroll", scrollable=True) as cursor:
        cursor.execute("SELECT i FROM generate_series(1, 20) AS g(i)")
        cursor.scroll(10)
        moved = [cursor.fetchone()]
        cursor.scroll(-3)
        moved.append(cursor.fetchone())
        cursor.scroll(0, mode="absolute")
        moved.append(cursor.fetchmany(2))
    with connection.cursor("p3_hold", withhold=True) as cursor:
        cursor.execute("SELECT 'held'")
        connection.commit()
        held = cursor.fetchall()
    with connection.cursor("p3_binary", binary=True) as cursor:
        cursor.execute("SELECT 7::int8, 'x'::text, 1.5::numeric")
        binary = cursor.fetchall()
    return [first, some, total, described, moved, held, binary]


@check("streamed rows")
def _(connection):
    cursor = connection.cursor()
    total = count = 0
    for (value,) in cursor.stream("SELECT i FROM generate_series(1, %s) AS g(i)", [5000]):
        total += value
        count += 1
    return [count, total, connection.execute("SELECT 1").fetchone()]


@check("copy in text, csv and binary")
def _(connection):
    connection.execute("CREATE TABLE p3_copy (i int, t text, n numeric(8,2), d date, b bytea)")
    cursor = connection.cursor()
    with cursor.copy("COPY p3_copy FROM STDIN") as copy:
        for i in range(100):
            copy.write_row((i, None if i % 7 == 0 else f"tab\t{i}\n", decimal.Decimal(i) / 4, dt.date(2020, 1, 1) + dt.timedelta(days=i), bytes([i])))
    counts = [cursor.rowcount]
    with cursor.copy("COPY p3_copy (i, t, n, d, b) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int4", "text", "numeric", "date", "bytea"])
        for i in range(100, 150):
            copy.write_row((i, str(i), decimal.Decimal("1.5"), dt.date(1999, 1, 1), b"\x00"))
    counts.append(cursor.rowcount)
    with cursor.copy("COPY p3_copy (i, t) FROM STDIN (FORMAT csv, HEADER)") as copy:
        copy.write('i,t\n500,"a,""b"\n501,\n')
    counts.append(cursor.rowcount)
    with cursor.copy("COPY (SELECT * FROM p3_copy WHERE i < 3 OR i > 148 ORDER BY i) TO STDOUT") as copy:
        text = b"".join(bytes(piece) for piece in copy).decode()
    with cursor.copy("COPY (SELECT i, t, n, d, b FROM p3_copy WHERE i BETWEEN 99 AND 101 ORDER BY i) TO STDOUT (FORMAT binary)") as copy:
        copy.set_types(["int4", "text", "numeric", "date", "bytea"])
        binary = list(copy.rows())
    with cursor.copy("COPY p3_copy (i, t) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)") as copy:
        csv = sum(bytes(piece).count(b"\n") for piece in copy)
    return [counts, text, binary, csv, connection.execute("SELECT count(*), count(t), sum(n) FROM p3_copy").fetchone()]


@check("copy that fails")
def _(connection):
    connection.execute("CREATE TABLE p3_copy_bad (i int, t text)")
    connection.commit()

    def wrong(data):
        with connection.cursor().copy("COPY p3_copy_bad FROM STDIN") as copy:
            copy.write(data)

    def given_up():
        with connection.cursor().copy("COPY p3_copy_bad FROM STDIN") as copy:
            copy.write("1\ta\n")
            raise ValueError("given up")
    found = []
    for data in ("x\ta\n", "1\n", "1\ta\tb\n"):
        found.append(attempt(lambda data=data: wrong(data)))
        connection.rollback()
    try:
        given_up()
    except ValueError as error:
        found.append(str(error))
    connection.rollback()
    return [found, connection.execute("SELECT count(*) FROM p3_copy_bad").fetchone()]


@check("errors by class")
def _(connection):
    connection.autocommit = True
    connection.execute("CREATE TABLE p3_err (id int NOT NULL, v varchar(3))")
    connection.execute("INSERT INTO p3_err VALUES (1, 'a')")
    found = []
    for statement, parameters in [
        ("SELEC 1", None), ("SELECT * FROM no_such_table", None), ("SELECT no_col FROM p3_err", None), ("SELECT no_fun(1)", None), ("SELECT 1/0", None),
        ("INSERT INTO p3_err VALUES (NULL, 'a')", None), ("INSERT INTO p3_err VALUES (1, 'abcd')", None), ("SELECT 'x'::int", None), ("SELECT %s::int", ["x"]),
        ("SELECT %s::date", ["2020-02-31"]), ("CREATE TABLE p3_err (i int)", None), ("DROP TABLE no_such_table", None), ("SELECT 100000::int2", None),
        ("SELECT 1 UNION SELECT 'a'", None), ("SELECT id, count(*) FROM p3_err", None), ("SELECT 'a' + 1", None), ("SELECT (SELECT i FROM generate_series(1,2) AS g(i))", None),
        ("SET no_such_setting = 1", None), ("SELECT id FROM p3_err ORDER BY 2", None), ("SELECT a.id FROM p3_err", None), ("INSERT INTO p3_err VALUES (1, 'a', 2)", None),
        ("SELECT 'a' AS x WHERE x = 1", None), ("SELECT %s", None), ("ROLLBACK TO SAVEPOINT nothing", None), ("SELECT '{'::json", None), ("SELECT '1 2'::interval hour to x", None),
    ]:
        found.append([statement, attempt(lambda: connection.execute(statement, parameters).fetchall())])
    return found


@check("cancel a running statement")
def _(connection):
    timer = threading.Timer(0.5, connection.cancel)
    timer.start()
    start = time.monotonic()
    failed = attempt(lambda: connection.execute("SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11"))
    quick = time.monotonic() - start < 10
    timer.join()
    connection.rollback()
    return [failed, quick, connection.execute("SELECT 1").fetchone()]


@check("cancel_safe and statement_timeout")
def _(connection):
    timer = threading.Timer(0.5, connection.cancel_safe)
    timer.start()
    failed = attempt(lambda: connection.execute("SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11"))
    timer.join()
    connection.rollback()
    connection.execute("SET statement_timeout = '300ms'")
    timed = attempt(lambda: connection.execute("SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11"))
    connection.rollback()
    return [failed, timed, connection.execute("SHOW statement_timeout").fetchone()]


@check("notices and parameter status")
def _(connection):
    notices = []
    connection.add_notice_handler(lambda diagnostic: notices.append([diagnostic.severity, diagnostic.sqlstate, diagnostic.message_primary]))
    connection.execute("DROP TABLE IF EXISTS p3_never")
    connection.execute("CREATE TABLE IF NOT EXISTS p3_notice (i int)")
    connection.execute("CREATE TABLE IF NOT EXISTS p3_notice (i int)")
    connection.commit()
    connection.autocommit = True
    connection.execute("COMMIT")
    status = [connection.info.parameter_status(name) for name in ("client_encoding", "DateStyle", "integer_datetimes", "standard_conforming_strings", "TimeZone", "IntervalStyle", "is_superuser", "session_authorization", "application_name", "in_hot_standby", "default_transaction_read_only")]
    connection.execute("SET TimeZone = 'Europe/Berlin'")
    connection.execute("SET application_name = 'mine'")
    return [notices, status, connection.info.parameter_status("TimeZone"), connection.info.parameter_status("application_name"), connection.execute("SELECT '2024-07-01 12:00+00'::timestamptz").fetchone(), connection.info.server_version // 10000, connection.info.dbname, connection.info.user]


@check("options at connect")
def _(connection):
    with connect(options="-c statement_timeout=1234 -c search_path=pg_catalog", application_name="checks", client_encoding="utf8") as other:
        return [other.execute(f"SHOW {name}").fetchone() for name in ("statement_timeout", "search_path", "application_name", "client_encoding")]


@check("type information of enum, composite, range")
def _(connection):
    from psycopg.types import TypeInfo
    return [(lambda info: info and [info.name, info.oid, info.array_oid, info.regtype])(TypeInfo.fetch(connection, name)) for name in ("int4", "text", "jsonb", "timestamptz", "no_such_type")]


@check("enum values as text")
def _(connection):
    class Mood(enum.Enum):
        sad = "sad"
        happy = "happy"
    connection.execute("CREATE TABLE p3_enum (m text)")
    connection.execute("INSERT INTO p3_enum VALUES (%s)", [Mood.happy])
    return connection.execute("SELECT m FROM p3_enum").fetchone()


@check("addresses and ranges")
def _(connection):
    return [attempt(lambda: connection.execute("SELECT %s::inet", [ipaddress.ip_address("10.0.0.1")]).fetchone())]


@check("two-phase commit")
def _(connection):
    def prepared():
        xid = connection.xid(1, "gid", "branch")
        connection.tpc_begin(xid)
        connection.execute("SELECT 1")
        connection.tpc_prepare()
        connection.tpc_commit()
        return "committed"
    return attempt(prepared)


@check("listen and notify")
def _(connection):
    connection.autocommit = True

    def hear():
        connection.execute("LISTEN p3_channel")
        connection.execute("NOTIFY p3_channel, 'hello'")
        return [(n.channel, n.payload) for n in connection.notifies(timeout=2, stop_after=1)]
    return attempt(hear)


@check("large values")
def _(connection):
    text = "é" * 1_000_000
    data = bytes(range(256)) * 8192
    row = connection.execute("SELECT %s::text, %s::bytea, length(%s::text), octet_length(%b::bytea)", [text, data, text, data]).fetchone()
    return [row[0] == text, row[1] == data, row[2], row[3]]


@check("many columns and many parameters")
def _(connection):
    row = connection.execute("SELECT " + ", ".join(["%s::int"] * 1000), list(range(1000))).fetchone()
    return [len(row), sum(row), connection.execute("SELECT count(*) FROM unnest(%s::int[])", [list(range(20000))]).fetchone()]


run(f"psycopg {psycopg.__version__}", connect, describe_error)
