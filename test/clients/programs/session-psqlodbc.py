"""psqlODBC by pyodbc and isql: connections by connection strings made of libpq's variables."""

import datetime as dt
import decimal
import glob
import os
import re
import subprocess
import threading
import time

import pyodbc

from checks import check, run

pyodbc.pooling = False
SLOW = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11"


def connection_string(**options):
    parts = {
        "Driver": glob.glob("/usr/lib/*/odbc/psqlodbcw.so")[0], "Server": os.environ["PGHOST"], "Port": os.environ["PGPORT"],
        "Database": os.environ["PGDATABASE"], "UID": os.environ["PGUSER"], "PWD": "none", **options,
    }
    return ";".join(f"{name}={value}" for name, value in parts.items())


def connect(**options):
    autocommit = options.pop("autocommit", False)
    return pyodbc.connect(connection_string(**options), autocommit=autocommit)


def describe_error(error):
    if not isinstance(error, pyodbc.Error):
        return None
    return [type(error).__name__, error.args[0], str(error.args[1]).replace(os.environ["PGPORT"], "PORT") if len(error.args) > 1 else None]


def attempt(function):
    """What it returns, or the error it raises."""
    try:
        return function()
    except pyodbc.Error as error:
        return describe_error(error)


def rows(cursor):
    return [tuple(row) for row in cursor.fetchall()]


def described(cursor):
    return [(name, kind.__name__, display, size, precision, scale, nullable) for name, kind, display, size, precision, scale, nullable in cursor.description]


def catalog(cursor):
    """Rows of a catalog function with their columns' names; OIDs differ between servers and are left out."""
    names = [column[0] for column in cursor.description]
    hidden = [index for index, name in enumerate(names) if name.lower() in ("oid", "table oid", "table_oid")]
    return [names] + [[cell for index, cell in enumerate(row) if index not in hidden] for row in cursor.fetchall()]


PARAMETERS = [
    (1, "int2"), (-5, "int4"), (2**62, "int8"), (1.5, "float4"), (-2.25e100, "float8"), (decimal.Decimal("123.456"), "numeric(12,3)"), ("naïve 'quoted' \\ 𝄞", "text"),
    ("abc", "varchar(10)"), ("ab", "char(4)"), (True, "bool"), (dt.date(2024, 2, 29), "date"), (dt.time(23, 59, 58), "time"), (dt.datetime(1999, 12, 31, 1, 2, 3, 4000), "timestamp"),
    (b"\x00\xff'\\", "bytea"), ("12345678-1234-5678-1234-567812345678", "uuid"), ('{"a": 1}', "jsonb"), ("{1,2}", "int4[]"), ("1 day 02:00:00", "interval"), (None, "int4"), ("2024-07-01 12:00:00+02", "timestamptz"), ("", "text"),
]


def round_trip(connection):
    found = []
    for value, kind in PARAMETERS:
        def one(value=value, kind=kind):
            cursor = connection.cursor()
            cursor.execute(f"SELECT ?::{kind} AS v", value)
            return [described(cursor), rows(cursor)]
        found.append([kind, attempt(one)])
        connection.rollback()
    return found


@check("types both ways")
def _(connection):
    return round_trip(connection)


@check("types both ways, statements prepared on the client")
def _(_):
    with connect(UseServerSidePrepare="0") as connection:
        return round_trip(connection)


@check("types with the options reporting tools set")
def _(_):
    with connect(BoolsAsChar="0", TextAsLongVarchar="0", UnknownSizes="2", MaxVarcharSize="1000", ByteaAsLongVarBinary="1", LFConversion="0") as connection:
        return round_trip(connection)


@check("parameters against columns")
def _(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE od_columns (id int PRIMARY KEY, name varchar(20), price numeric(10,2), made timestamp, day date, ok boolean, raw bytea, big bigint, ratio double precision)")
    cursor.execute("INSERT INTO od_columns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", 1, "ein Name", decimal.Decimal("12.50"), dt.datetime(2020, 1, 2, 3, 4, 5), dt.date(2020, 1, 2), True, b"\x01\x02", 2**40, 0.25)
    cursor.execute("INSERT INTO od_columns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", 2, None, None, None, None, None, None, None, None)
    cursor.execute("SELECT * FROM od_columns WHERE id IN (?, ?) AND (name = ? OR price IS NULL) ORDER BY id", 1, 2, "ein Name")
    return [described(cursor), rows(cursor), cursor.execute("UPDATE od_columns SET name = ? WHERE id = ?", "x", 2).rowcount, cursor.execute("DELETE FROM od_columns WHERE price > ?", 1).rowcount]


@check("batches, with and without fast_executemany")
def _(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE od_batch (id int, t varchar(30), n numeric(8,2))")
    cursor.executemany("INSERT INTO od_batch VALUES (?, ?, ?)", [(i, f"row {i}", decimal.Decimal(i) / 4) for i in range(20)])
    cursor.fast_executemany = True
    cursor.executemany("INSERT INTO od_batch VALUES (?, ?, ?)", [(i, f"row {i}", decimal.Decimal(i) / 4) for i in range(100, 140)])
    return rows(cursor.execute("SELECT count(*), sum(n), min(t), max(t) FROM od_batch"))


@check("explicit transactions with their savepoints")
def _(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE od_tx (i int)")
    connection.commit()
    cursor.execute("INSERT INTO od_tx VALUES (1)")
    failed = attempt(lambda: cursor.execute("SELECT 1/0").fetchall())
    after = attempt(lambda: rows(cursor.execute("SELECT count(*) FROM od_tx")))
    connection.commit()
    cursor.execute("INSERT INTO od_tx VALUES (2)")
    connection.rollback()
    return [failed, after, rows(cursor.execute("SELECT i FROM od_tx ORDER BY i"))]


@check("rollback per protocol 0 and 1")
def _(_):
    found = []
    for protocol in ("7.4-0", "7.4-1", "7.4-2"):
        with connect(Protocol=protocol) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT 1").fetchall()
            found.append([protocol, attempt(lambda: cursor.execute("SELECT no_such")), attempt(lambda: rows(cursor.execute("SELECT 2")))])
    return found


@check("autocommit on and off")
def _(_):
    with connect(autocommit=True) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE od_auto (i int)")
        cursor.execute("INSERT INTO od_auto VALUES (1)")
        failed = attempt(lambda: cursor.execute("SELECT 1/0").fetchall())
        connection.autocommit = False
        cursor.execute("INSERT INTO od_auto VALUES (2)")
        connection.rollback()
        connection.autocommit = True
        return [failed, rows(cursor.execute("SELECT i FROM od_auto ORDER BY i"))]


@check("UseDeclareFetch")
def _(_):
    with connect(UseDeclareFetch="1", Fetch="100") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT i, i::text AS t FROM generate_series(1, 1000) AS g(i)")
        first = [tuple(cursor.fetchone()), [tuple(row) for row in cursor.fetchmany(3)]]
        total = sum(row[0] for row in cursor)
        cursor.execute("SELECT i FROM generate_series(1, ?) AS g(i)", 250)
        many = len(cursor.fetchall())
        failed = attempt(lambda: cursor.execute("SELECT 1/0").fetchall())
        connection.rollback()
        cursor.execute("SELECT i FROM generate_series(1, 100000) AS g(i)")
        half = tuple(cursor.fetchone())
        other = connection.cursor()
        other.execute("SELECT 'beside'")
        beside = tuple(other.fetchone())
        connection.commit()
        return [first, total, many, failed, half, beside, rows(connection.cursor().execute("SELECT 1"))]


@check("UseDeclareFetch in autocommit")
def _(_):
    with connect(autocommit=True, UseDeclareFetch="1", Fetch="10") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT i FROM generate_series(1, 95) AS g(i)")
        return [sum(row[0] for row in cursor), rows(cursor.execute("SELECT count(*) FROM generate_series(1, 5)")), rows(cursor.execute("SHOW server_version_num"))[0][0][:2]]


@check("several results")
def _(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE od_several (i int); INSERT INTO od_several VALUES (1), (2); SELECT sum(i) FROM od_several; SELECT 'last'")
    found = []
    while True:
        found.append(rows(cursor) if cursor.description else cursor.rowcount)
        if not cursor.nextset():
            break
    return found


def make_tables(connection):
    cursor = connection.cursor()
    for statement in (
        "DROP SCHEMA IF EXISTS od_meta CASCADE", "CREATE SCHEMA od_meta",
        "CREATE TABLE od_meta.customer (id int PRIMARY KEY, name varchar(40) NOT NULL, credit numeric(10,2) DEFAULT 0, since timestamp(3), active boolean DEFAULT true, note text, raw bytea, day date, big bigint, small smallint, ratio real, code char(3), tags text[], doc jsonb, key uuid, stamp timestamptz, at time, wide double precision)",
        "CREATE TABLE od_meta.orders (no int, line int, customer int REFERENCES od_meta.customer (id), PRIMARY KEY (no, line), UNIQUE (customer, line))",
        "CREATE VIEW od_meta.active AS SELECT id, name FROM od_meta.customer WHERE active",
        "COMMENT ON TABLE od_meta.customer IS 'people who pay'", "COMMENT ON COLUMN od_meta.customer.name IS 'what they are called'",
    ):
        cursor.execute(statement)
    connection.commit()
    return cursor


@check("SQLTables")
def _(connection):
    cursor = make_tables(connection)
    return [
        catalog(cursor.tables(schema="od_meta")), catalog(cursor.tables(table="customer", schema="od_meta")), catalog(cursor.tables(table="cust%")), catalog(cursor.tables(schema="od_meta", tableType="VIEW")),
        catalog(cursor.tables(tableType="TABLE,VIEW", schema="od_meta")), catalog(cursor.tables(catalog="%", schema="", table="")), [row for row in catalog(cursor.tables(catalog="", schema="%", table="")) if row[1] not in ("pg_toast",)], sorted(row[3] for row in catalog(cursor.tables(catalog="", schema="", table="", tableType="%"))[1:]),
        len(catalog(cursor.tables(tableType="SYSTEM TABLE", schema="pg_catalog", table="pg_class"))),
    ]


@check("SQLColumns")
def _(connection):
    cursor = make_tables(connection)
    return [catalog(cursor.columns(table="customer", schema="od_meta")), catalog(cursor.columns(table="active", schema="od_meta")), catalog(cursor.columns(schema="od_meta", column="na%")), catalog(cursor.columns(table="no_such"))]


@check("SQLPrimaryKeys, SQLForeignKeys, SQLStatistics, SQLSpecialColumns")
def _(connection):
    cursor = make_tables(connection)
    return [
        catalog(cursor.primaryKeys(table="customer", schema="od_meta")), catalog(cursor.primaryKeys(table="orders", schema="od_meta")),
        catalog(cursor.foreignKeys(table="customer", schema="od_meta")), catalog(cursor.foreignKeys(foreignTable="orders", foreignSchema="od_meta")),
        attempt(lambda: catalog(cursor.statistics(table="orders", schema="od_meta"))), attempt(lambda: catalog(cursor.statistics(table="customer", schema="od_meta", unique=True))),
        attempt(lambda: catalog(cursor.rowIdColumns(table="customer", schema="od_meta"))), attempt(lambda: catalog(cursor.rowVerColumns(table="customer", schema="od_meta"))),
    ]


@check("SQLProcedures, SQLGetTypeInfo")
def _(connection):
    cursor = connection.cursor()
    return [attempt(lambda: catalog(cursor.procedures(procedure="no_such"))), attempt(lambda: catalog(cursor.procedureColumns(procedure="no_such"))), catalog(cursor.getTypeInfo()), catalog(cursor.getTypeInfo(pyodbc.SQL_INTEGER))]


@check("SQLTablePrivileges and SQLColumnPrivileges by the catalog")
def _(connection):
    make_tables(connection)
    return rows(connection.cursor().execute("SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE table_schema = 'od_meta' AND grantee = current_user ORDER BY 1, 2"))


@check("SQLGetInfo")
def _(connection):
    names = ("SQL_DBMS_NAME", "SQL_DATABASE_NAME", "SQL_USER_NAME", "SQL_IDENTIFIER_QUOTE_CHAR", "SQL_MAX_IDENTIFIER_LEN", "SQL_TXN_CAPABLE", "SQL_DEFAULT_TXN_ISOLATION", "SQL_DATA_SOURCE_READ_ONLY", "SQL_NULL_COLLATION", "SQL_KEYWORDS", "SQL_IDENTIFIER_CASE", "SQL_MAX_COLUMN_NAME_LEN", "SQL_PROCEDURES", "SQL_SCHEMA_TERM", "SQL_CATALOG_TERM")
    return [[name, connection.getinfo(getattr(pyodbc, name))] for name in names] + [connection.getinfo(pyodbc.SQL_DBMS_VER)[:2]]


@check("isolation levels")
def _(connection):
    found = []
    for level in (pyodbc.SQL_TXN_READ_COMMITTED, pyodbc.SQL_TXN_REPEATABLE_READ, pyodbc.SQL_TXN_SERIALIZABLE):
        connection.set_attr(pyodbc.SQL_ATTR_TXN_ISOLATION, level)
        found.append(rows(connection.cursor().execute("SHOW transaction_isolation")))
        connection.rollback()
    return found


@check("errors by SQLSTATE")
def _(connection):
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE od_err (id int NOT NULL, v varchar(3))")
    found = []
    for statement, parameters in (
        ("SELEC 1", ()), ("SELECT * FROM no_such", ()), ("SELECT no_col FROM od_err", ()), ("SELECT 1/0", ()), ("INSERT INTO od_err VALUES (NULL, 'a')", ()), ("INSERT INTO od_err VALUES (1, ?)", ("abcd",)),
        ("SELECT ?::int", ("x",)), ("SELECT * FROM od_err WHERE id = ?", ("x",)), ("CREATE TABLE od_err (i int)", ()), ("SELECT '2020-13-01'::date", ()),
    ):
        found.append([statement, attempt(lambda: rows(cursor.execute(statement, *parameters)))])
    return found


@check("cancel and timeout")
def _(connection):
    cursor = connection.cursor()
    timer = threading.Timer(0.5, cursor.cancel)
    timer.start()
    start = time.monotonic()
    failed = attempt(lambda: cursor.execute(SLOW).fetchall())
    timer.join()
    connection.rollback()
    connection.timeout = 1
    timed = attempt(lambda: connection.cursor().execute(SLOW).fetchall())
    connection.rollback()
    connection.timeout = 0
    return [failed, timed, time.monotonic() - start < 10, rows(connection.cursor().execute("SELECT 1"))]


@check("long values")
def _(connection):
    text, data = "é" * 300_000, bytes(range(256)) * 2000
    row = connection.cursor().execute("SELECT ?::text, ?::bytea", text, data).fetchone()
    return [row[0] == text, row[1] == data]


@check("keyset and static cursors by isql")
def _(_):
    script = "CREATE TABLE od_isql (i int, t text)\nINSERT INTO od_isql VALUES (1, 'one')\nSELECT * FROM od_isql\nSELECT no_such\nhelp od_isql\nSELECT count(*), 'x' FROM od_isql\n"
    result = subprocess.run(["isql", "-k", connection_string(), "-b", "-d|"], input=script, capture_output=True, text=True, timeout=60)
    return [result.returncode, re.sub(r"\b[0-9]{5,}\b", "OID", result.stdout), result.stderr]


@check("isql with UseDeclareFetch and bound parameters turned off")
def _(_):
    script = "SELECT i FROM generate_series(1, 25) AS g(i)\nhelp\n"
    result = subprocess.run(["isql", "-k", connection_string(UseDeclareFetch="1", Fetch="10"), "-b", "-d|"], input=script, capture_output=True, text=True, timeout=60)
    return [result.returncode, [line for line in result.stdout.splitlines() if "pg_catalog" not in line and "information_schema" not in line], result.stderr]


@check("updatable cursors keep off")
def _(_):
    with connect(UpdatableCursors="0", Ksqo="0") as connection:
        return rows(connection.cursor().execute("SELECT 1 AS a, 'b' AS b"))


driver = connect()
version = f"{driver.getinfo(pyodbc.SQL_DRIVER_NAME)} {driver.getinfo(pyodbc.SQL_DRIVER_VER)}, pyodbc {pyodbc.version}"
driver.close()
run(version, connect, describe_error)
