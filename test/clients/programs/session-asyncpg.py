"""asyncpg: binary protocol throughout, by libpq's variables."""

import asyncio
import datetime as dt
import decimal
import io
import uuid

import asyncpg

from checks import check, run


def describe_error(error):
    if isinstance(error, asyncpg.PostgresError):
        return [type(error).__name__, error.sqlstate, str(error), error.detail, error.hint]
    if isinstance(error, (asyncpg.InterfaceError, asyncio.TimeoutError)):
        return [type(error).__name__, str(error)]
    return None


class Session:
    """A connection with a loop of its own, closed as the others are."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.connection = self.loop.run_until_complete(asyncpg.connect(ssl=False))

    def run(self, work):
        return self.loop.run_until_complete(work)

    def close(self):
        self.run(self.connection.close(timeout=5))
        self.loop.close()


async def attempt(work):
    try:
        return await work
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncio.TimeoutError) as error:
        return describe_error(error)


def rows(records):
    return [dict(record) for record in records]


@check("types both ways")
def _(session):
    values = [
        (1, "int2"), (-5, "int4"), (2**62, "int8"), (1.5, "float4"), (-2.25e100, "float8"), (decimal.Decimal("123.456"), "numeric(12,3)"), ("naïve 𝄞", "text"), ("abc", "varchar(10)"), ("ab  ", "char(4)"),
        (True, "bool"), (dt.date(2024, 2, 29), "date"), (dt.time(23, 59, 58, 123456), "time"), (dt.datetime(1999, 12, 31, 1, 2, 3, 4), "timestamp"), (dt.datetime(2024, 7, 1, 12, tzinfo=dt.timezone.utc), "timestamptz"),
        (dt.timedelta(days=3, seconds=5), "interval"), (uuid.UUID(int=5), "uuid"), (b"\x00\xff", "bytea"), ('{"a": 1}', "json"), ('{"a": 1}', "jsonb"), ([1, None, 3], "int4[]"), (["a", None, ""], "text[]"), ([dt.date(2020, 1, 1)], "date[]"),
        (float("nan"), "float8"), (None, "text"), (dt.time(1, 2, tzinfo=dt.timezone.utc), "timetz"), (12345, "oid"), (dt.date.max, "date"), (decimal.Decimal("-0.00001"), "numeric"),
    ]

    async def all():
        found = []
        for value, kind in values:
            found.append([kind, await attempt(session.connection.fetchval(f"SELECT $1::{kind}", value))])
        return found
    return session.run(all())


@check("prepared statements tell their types")
def _(session):
    async def work():
        await session.connection.execute("CREATE TABLE as_prepared (id int PRIMARY KEY, name varchar(10), price numeric(8,2), tags text[])")
        statement = await session.connection.prepare("SELECT * FROM as_prepared WHERE id = $1 AND price > $2 AND name = ANY($3)")
        return [[(p.name, p.kind) for p in statement.get_parameters()], [(a.name, a.type.name) for a in statement.get_attributes()], rows(await statement.fetch(1, decimal.Decimal(1), ["a"])), statement.get_statusmsg()]
    return session.run(work())


@check("executemany, returning, status")
def _(session):
    async def work():
        c = session.connection
        await c.execute("CREATE TABLE as_many (id int, t text)")
        await c.executemany("INSERT INTO as_many VALUES ($1, $2)", [(i, f"t{i}") for i in range(100)])
        return [await c.execute("UPDATE as_many SET t = 'x' WHERE id < $1", 10), rows(await c.fetch("DELETE FROM as_many WHERE id > $1 RETURNING id, t", 97)), await c.fetchrow("SELECT count(*), sum(id) FROM as_many")]
    return session.run(work())


@check("transactions and savepoints")
def _(session):
    async def work():
        c = session.connection
        await c.execute("CREATE TABLE as_tx (i int)")
        async with c.transaction():
            await c.execute("INSERT INTO as_tx VALUES (1)")
            try:
                async with c.transaction():
                    await c.execute("INSERT INTO as_tx VALUES (2)")
                    await c.execute("SELECT 1/0")
            except asyncpg.DivisionByZeroError:
                pass
        async with c.transaction(isolation="serializable", readonly=True, deferrable=True):
            refused = await attempt(c.execute("INSERT INTO as_tx VALUES (3)"))
        return [refused, rows(await c.fetch("SELECT i FROM as_tx"))]
    return session.run(work())


@check("cursors")
def _(session):
    async def work():
        c = session.connection
        async with c.transaction():
            total = 0
            async for record in c.cursor("SELECT i FROM generate_series(1, $1::int) AS g(i)", 1000, prefetch=70):
                total += record["i"]
            cursor = await c.cursor("SELECT i FROM generate_series(1, 50) AS g(i)")
            first = await cursor.fetch(3)
            return [total, rows(first), (await cursor.fetchrow())["i"]]
    return session.run(work())


@check("moving a cursor")
def _(session):
    async def work():
        async with session.connection.transaction():
            cursor = await session.connection.cursor("SELECT i FROM generate_series(1, 50) AS g(i)")
            return [await attempt(cursor.forward(10)), (await cursor.fetchrow())["i"]]
    return session.run(work())


@check("copy of records and tables")
def _(session):
    async def work():
        c = session.connection
        await c.execute("CREATE TABLE as_copy (i int, t text, n numeric(8,2), d date)")
        records = [(i, None if i % 5 == 0 else f"t\t{i}", decimal.Decimal(i) / 4, dt.date(2020, 1, 1)) for i in range(200)]
        first = await c.copy_records_to_table("as_copy", records=records)
        target = io.BytesIO()
        second = await c.copy_from_query("SELECT i, t FROM as_copy WHERE i < $1 ORDER BY i", 3, output=target, format="csv", header=True)
        third = await c.copy_to_table("as_copy", source=io.BytesIO(b"1000,x\n"), columns=["i", "t"], format="csv")
        failed = await attempt(c.copy_records_to_table("as_copy", records=[(1,)], columns=["i", "t"]))
        return [first, second, target.getvalue(), third, failed, await c.fetchval("SELECT count(*) FROM as_copy")]
    return session.run(work())


@check("errors by class")
def _(session):
    async def work():
        found = []
        for text, values in [("SELEC 1", ()), ("SELECT * FROM no_such", ()), ("SELECT no_col", ()), ("SELECT 1/0", ()), ("SELECT $1::int", ("x",)), ("SELECT 'x'::int", ()), ("SELECT $1::date", ("2020-01-01",))]:
            found.append([text, await attempt(session.connection.fetch(text, *values))])
        return found
    return session.run(work())


@check("time-out and cancel")
def _(session):
    async def work():
        slow = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11"
        return [await attempt(session.connection.fetch(slow, timeout=0.5)), await session.connection.fetchval("SELECT 1")]
    return session.run(work())


@check("pool with reset between uses")
def _(session):
    async def work():
        async with asyncpg.create_pool(min_size=2, max_size=4, ssl=False) as pool:
            await pool.execute("SET application_name = 'changed'")
            values = await asyncio.gather(*(pool.fetchval("SELECT $1::int + 1", i) for i in range(20)))
            return [values, await pool.fetchval("SHOW application_name")]
    return session.run(work())


@check("a changed table under a cached statement")
def _(session):
    async def work():
        c = session.connection
        await c.execute("CREATE TABLE as_changed (i int)")
        first = rows(await c.fetch("SELECT * FROM as_changed"))
        await c.execute("ALTER TABLE as_changed ADD COLUMN t text")
        return [first, await attempt(c.fetch("SELECT * FROM as_changed"))]
    return session.run(work())


@check("settings and server")
def _(session):
    settings = session.connection.get_settings()
    return [settings.server_encoding, settings.client_encoding, session.connection.get_server_version()[0], session.run(session.connection.fetchval("SELECT current_database()"))]


run(f"asyncpg {asyncpg.__version__}", Session, describe_error)
