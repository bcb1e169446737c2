"""ADBC's PostgreSQL driver: Arrow tables by binary COPY, and pandas on top."""

import os

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc
import pyarrow

from checks import check, run

URI = "postgresql://{PGUSER}@{PGHOST}:{PGPORT}/{PGDATABASE}?sslmode=disable".format(**os.environ)


def describe_error(error):
    return [type(error).__name__, getattr(error, "sqlstate", None)] if isinstance(error, adbc_driver_manager.Error) else None


@check("types to Arrow")
def _(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1::int2 AS a, 2::int4 AS b, 3::int8 AS c, 1.5::float4 AS d, 2.5::float8 AS e, 12.50::numeric(8,2) AS f, 'naïve'::text AS g, true AS h, '\\x00ff'::bytea AS i, date '2020-01-02' AS j, timestamp '2020-01-02 03:04:05.6' AS k, timestamptz '2020-01-02 03:04:05+00' AS l, time '01:02:03' AS m, NULL::int4 AS n, ARRAY[1, NULL, 3] AS o, interval '1 day 2 hours' AS p, '{}'::jsonb AS q")
        table = cursor.fetch_arrow_table()
        return [str(table.schema), [str(column) for column in table.to_pylist()]]


@check("many rows, in batches")
def _(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT i, i::text AS t, i / 7.0 AS n FROM generate_series(1, 100000) AS g(i)")
        reader = cursor.fetch_record_batch()
        return [sum(batch.num_rows for batch in reader), str(reader.schema)]


@check("ingest, append, read back")
def _(connection):
    table = pyarrow.table({"i": pyarrow.array([1, 2, None], pyarrow.int64()), "t": ["a", None, "c"], "f": [0.5, 1.5, None]})
    with connection.cursor() as cursor:
        counts = [cursor.adbc_ingest("adbc_rows", table, mode="create"), cursor.adbc_ingest("adbc_rows", table, mode="append")]
        connection.commit()
        cursor.execute("SELECT * FROM adbc_rows ORDER BY i, t")
        return [counts, cursor.fetch_arrow_table().to_pylist()]


@check("parameters and batches of them")
def _(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT $1 + 1 AS n, $2 AS t", parameters=(41, "x"))
        one = cursor.fetchall()
        cursor.execute("CREATE TABLE adbc_many (i int8, t text)")
        cursor.executemany("INSERT INTO adbc_many VALUES ($1, $2)", [(1, "a"), (2, "b")])
        cursor.execute("SELECT count(*) AS n FROM adbc_many")
        return [one, cursor.fetchall()]


@check("metadata")
def _(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE adbc_meta (id int PRIMARY KEY, t text)")
    connection.commit()
    schema = connection.adbc_get_table_schema("adbc_meta")
    objects = connection.adbc_get_objects(catalog_filter="sluice", db_schema_filter="public", table_name_filter="adbc_meta").read_all().to_pylist()
    return [str(schema), objects, sorted(connection.adbc_get_table_types())]


@check("errors")
def _(connection):
    with connection.cursor() as cursor:
        found = []
        for text in ("SELECT no_col", "SELECT 1/0", "SELECT * FROM no_such"):
            try:
                cursor.execute(text)
                found.append(cursor.fetchall())
            except adbc_driver_manager.Error as error:
                found.append(describe_error(error))
                connection.rollback()
        return found


run(f"adbc-driver-postgresql {adbc_driver_manager.__version__}", lambda: adbc.connect(URI), describe_error)
