"""SQLAlchemy over psycopg and pandas over SQLAlchemy: reflection, the ORM, data frames."""

import datetime as dt
import decimal

import pandas
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql as pg

from checks import check, run

ENGINE = sa.create_engine("postgresql+psycopg://")


class Base(orm.DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "sa_author"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    born: orm.Mapped[dt.date | None]
    books: orm.Mapped[list["Book"]] = orm.relationship(back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "sa_book"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    title: orm.Mapped[str]
    price: orm.Mapped[decimal.Decimal] = orm.mapped_column(sa.Numeric(8, 2))
    tags: orm.Mapped[list[str] | None] = orm.mapped_column(pg.ARRAY(sa.Text))
    info: orm.Mapped[dict | None] = orm.mapped_column(pg.JSONB)
    author_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("sa_author.id"))
    author: orm.Mapped[Author] = orm.relationship(back_populates="books")


def describe_error(error):
    if isinstance(error, sa.exc.DBAPIError):
        return [type(error).__name__, type(error.orig).__name__, getattr(error.orig, "sqlstate", None)]
    return [type(error).__name__, str(error)] if isinstance(error, sa.exc.SQLAlchemyError) else None


@check("orm round trip")
def _(connection):
    connection.close()
    Base.metadata.create_all(ENGINE)
    with orm.Session(ENGINE) as session:
        session.add(Author(name="Ann", born=dt.date(1970, 1, 2), books=[Book(title="One", price=decimal.Decimal("9.50"), tags=["a", "b"], info={"k": [1]}), Book(title="Two", price=decimal.Decimal("20"))]))
        session.add(Author(name="Bob"))
        session.commit()
        ann = session.scalars(sa.select(Author).where(Author.name == "Ann").options(orm.selectinload(Author.books))).one()
        found = [ann.id, [(book.id, book.title, book.price, book.tags, book.info) for book in sorted(ann.books, key=lambda b: b.id)]]
        ann.books[0].price = decimal.Decimal("1.25")
        ann.books.pop()
        session.commit()
        joined = session.execute(sa.select(Author.name, sa.func.count(Book.id), sa.func.sum(Book.price)).outerjoin(Book).group_by(Author.name).order_by(Author.name)).all()
        with session.begin_nested():
            session.add(Author(name="Cleo"))
        try:
            with session.begin_nested():
                session.add(Author(name=None))
                session.flush()
        except sa.exc.IntegrityError as error:
            found.append(describe_error(error))
        session.commit()
        session.delete(session.get(Author, 1))
        session.commit()
        return [found, [tuple(row) for row in joined], [tuple(row) for row in session.execute(sa.select(Author.id, Author.name).order_by(Author.id))], session.scalar(sa.select(sa.func.count()).select_from(Book))]


@check("reflection")
def _(connection):
    for statement in (
        "CREATE SCHEMA sa_meta", "CREATE TABLE sa_meta.parent (id int PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x', at timestamp(3), n numeric(8,2), tags text[], doc jsonb, ok boolean DEFAULT true, s serial, i int GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE sa_meta.child (no int, part int REFERENCES sa_meta.parent (id) ON DELETE CASCADE, CONSTRAINT child_key PRIMARY KEY (no, part), CONSTRAINT child_once UNIQUE (part))",
        "CREATE VIEW sa_meta.seen AS SELECT id, name FROM sa_meta.parent", "COMMENT ON TABLE sa_meta.parent IS 'a table'", "COMMENT ON COLUMN sa_meta.parent.name IS 'a column'",
    ):
        connection.execute(sa.text(statement))
    inspector = sa.inspect(connection)
    def columns(table):
        return [[c["name"], repr(c["type"]), c["nullable"], c["default"], c.get("identity"), c.get("comment")] for c in inspector.get_columns(table, schema="sa_meta")]
    return [
        "sa_meta" in inspector.get_schema_names(), sorted(inspector.get_table_names("sa_meta")), inspector.get_view_names("sa_meta"), columns("parent"), columns("seen"), inspector.get_pk_constraint("child", "sa_meta"), inspector.get_foreign_keys("child", "sa_meta"),
        inspector.get_unique_constraints("child", "sa_meta"), inspector.get_indexes("child", "sa_meta"), inspector.get_check_constraints("child", "sa_meta"), inspector.get_table_comment("parent", "sa_meta"), inspector.get_sequence_names("sa_meta"), inspector.has_table("no_such"), inspector.get_view_names(), inspector.get_enums(),
        [sorted(c.name for c in sa.Table("child", sa.MetaData(), schema="sa_meta", autoload_with=connection).columns)],
    ]


@check("core: upsert, returning, batches, cursors")
def _(connection):
    table = sa.Table("sa_core", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("t", sa.String(20)), sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()))
    table.create(connection)
    connection.execute(table.insert(), [{"id": i, "t": f"t{i}"} for i in range(50)])
    upsert = pg.insert(table).values(id=1, t="new")
    connection.execute(upsert.on_conflict_do_update(index_elements=["id"], set_={"t": upsert.excluded.t}))
    returned = connection.execute(table.insert().returning(table.c.id, table.c.t), [{"id": 100, "t": "a"}, {"id": 101, "t": "b"}]).all()
    streamed = sum(row[0] for row in connection.execution_options(stream_results=True, max_row_buffer=10).execute(sa.select(table.c.id)))
    exists = connection.scalar(sa.select(sa.exists().where(table.c.at.is_not(None))))
    return [[tuple(row) for row in returned], streamed, exists, connection.scalar(sa.select(table.c.t).where(table.c.id == 1)), [tuple(row) for row in connection.execute(sa.select(table.c.id, sa.func.row_number().over(order_by=table.c.id.desc())).limit(3).order_by(table.c.id))]]


@check("pandas both ways")
def _(connection):
    frame = pandas.DataFrame({"i": [1, 2, 3], "f": [0.5, None, 2.5], "t": ["a", None, "c"], "d": pandas.to_datetime(["2020-01-01", "2020-01-02", None]), "b": [True, False, True]})
    frame.to_sql("sa_frame", connection, index=False, if_exists="replace")
    frame.to_sql("sa_frame", connection, index=False, if_exists="append", method="multi", chunksize=2)
    back = pandas.read_sql("SELECT * FROM sa_frame ORDER BY i, f NULLS LAST", connection)
    table = pandas.read_sql_table("sa_frame", connection, columns=["i", "t"])
    chunks = [len(chunk) for chunk in pandas.read_sql(sa.text("SELECT * FROM generate_series(1, 25) AS g(i) WHERE i > :least"), connection, params={"least": 3}, chunksize=10)]
    return [[str(kind) for kind in back.dtypes], back.to_json(orient="values"), sorted(table["i"].tolist()), chunks]


@check("isolation levels and errors")
def _(connection):
    with ENGINE.connect().execution_options(isolation_level="SERIALIZABLE") as other:
        level = other.get_isolation_level()
    try:
        connection.execute(sa.text("SELECT no_col"))
        failed = None
    except sa.exc.ProgrammingError as error:
        failed = describe_error(error)
    return [level, failed, connection.dialect.server_version_info[0], connection.default_isolation_level if hasattr(connection, "default_isolation_level") else None]


run(f"SQLAlchemy {sa.__version__}, pandas {pandas.__version__}", ENGINE.connect, describe_error)
