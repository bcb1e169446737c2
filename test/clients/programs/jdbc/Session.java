import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/** pgjdbc: sessions as applications and reporting tools have them. */
final class Session {
    private static final String SLOW = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11";

    public static void main(String[] arguments) throws Exception {
        Checks checks = new Checks();
        values(checks);
        statements(checks);
        transactions(checks);
        copies(checks);
        Metadata.add(checks);
        Results.add(checks);
        checks.run(arguments);
    }

    private static Object roundTrip(Connection connection) throws SQLException {
        PGobject json = new PGobject();
        json.setType("jsonb");
        json.setValue("{\"a\": [1, null]}");
        Object[][] values = {
            {"int2", (short) 7}, {"int4", -5}, {"int8", 1L << 62}, {"float4", 1.5f}, {"float8", -2.25e100}, {"numeric(12,3)", new BigDecimal("123.456")}, {"text", "na\u00efve 'quoted' \\ \ud834\udd1e"},
            {"varchar(10)", "abc"}, {"char(4)", "ab"}, {"bool", true}, {"date", LocalDate.of(2024, 2, 29)}, {"date", Date.valueOf("1999-12-31")}, {"time", LocalTime.of(23, 59, 58, 123456000)},
            {"time", Time.valueOf("01:02:03")}, {"timestamp", LocalDateTime.of(1999, 12, 31, 1, 2, 3, 4000)}, {"timestamp", Timestamp.valueOf("2024-07-01 12:00:00.5")},
            {"timestamptz", OffsetDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneOffset.ofHours(2))}, {"interval", new PGInterval(1, 2, 3, 4, 5, 6.5)}, {"uuid", UUID.fromString("12345678-1234-5678-1234-567812345678")},
            {"bytea", new byte[] {0, -1, 39, 92}}, {"jsonb", json}, {"int4[]", connection.createArrayOf("int4", new Integer[] {1, null, 3})}, {"text[]", connection.createArrayOf("text", new String[] {"a", "b\"c", "", null})},
            {"float8[]", connection.createArrayOf("float8", new Double[] {})}, {"int8[]", new long[] {1, 2}}, {"int4[]", connection.createArrayOf("int4", new Integer[][] {{1, 2}, {3, 4}})}, {"float8", Double.NaN}, {"float8", Double.NEGATIVE_INFINITY},
            {"numeric", new BigDecimal("-0.00001")}, {"date", LocalDate.of(1, 1, 1)}, {"text", ""}, {"timestamptz", OffsetDateTime.of(1900, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)}, {"oid", 12345L}, {"json", "[1]"}, {"name", "a_name"},
        };
        List<Object> found = new ArrayList<>();
        for (Object[] value : values) {
            found.add(Checks.list(value[0], Checks.attempt(() -> {
                try (PreparedStatement statement = connection.prepareStatement("SELECT ?::" + value[0] + " AS v, NULL::" + value[0] + " AS n")) {
                    Object row = null;
                    // Results come in binary once the statement is prepared on the server: at the fifth execution.
                    for (int round = 0; round < 7; round += 1) {
                        statement.setObject(1, value[1]);
                        row = Checks.rows(statement.executeQuery());
                    }
                    return Checks.list(row, Checks.describe(statement.getMetaData()));
                }
            })));
        }
        return found;
    }

    private static void values(Checks checks) {
        checks.check("types both ways", Session::roundTrip);
        checks.check("types both ways in binary", c -> withOptions(Session::roundTrip, "binaryTransfer=true", "prepareThreshold=-1"));
        checks.check("types both ways by simple queries", c -> withOptions(Session::roundTrip, "preferQueryMode=simple"));
        checks.check("types both ways without binary", c -> withOptions(Session::roundTrip, "binaryTransfer=false", "prepareThreshold=1"));
        checks.check("types both ways with cached statements", c -> withOptions(Session::roundTrip, "preferQueryMode=extendedCacheEverything"));
        checks.check("types both ways, text of unspecified type", c -> withOptions(Session::roundTrip, "stringtype=unspecified"));
        checks.check("parameters against columns", c -> {
            Checks.execute(c, "CREATE TABLE j_columns (i int, b bigint, n numeric(10,2), f float8, t text, v varchar(5), d date, ts timestamp, z timestamptz, o boolean, y bytea, u uuid, a int[])");
            try (PreparedStatement insert = c.prepareStatement("INSERT INTO j_columns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                Object types = typeNames(insert);
                Object[] row = {1, 2L, new BigDecimal("3.25"), 0.5, "t", "v", LocalDate.of(2020, 1, 2), LocalDateTime.of(2020, 1, 2, 3, 4), OffsetDateTime.of(2020, 1, 2, 3, 4, 0, 0, ZoneOffset.UTC), true, new byte[] {1}, new UUID(1, 2), c.createArrayOf("int4", new Integer[] {1})};
                for (int index = 0; index < row.length; index += 1) {
                    insert.setObject(index + 1, row[index]);
                }
                int first = insert.executeUpdate();
                for (int index = 0; index < row.length; index += 1) {
                    insert.setNull(index + 1, Types.NULL);
                }
                int second = insert.executeUpdate();
                try (PreparedStatement select = c.prepareStatement("SELECT * FROM j_columns WHERE (d = ? AND ts < ? AND z > ? AND n >= ? AND t LIKE ? AND u = ?) OR i IS NULL AND ? ORDER BY i LIMIT ? OFFSET ?")) {
                    select.setDate(1, Date.valueOf("2020-01-02"));
                    select.setTimestamp(2, Timestamp.valueOf("2021-01-01 00:00:00"));
                    select.setTimestamp(3, Timestamp.valueOf("2019-01-01 00:00:00"));
                    select.setBigDecimal(4, new BigDecimal("1"));
                    select.setString(5, "t%");
                    select.setObject(6, new UUID(1, 2));
                    select.setBoolean(7, true);
                    select.setInt(8, 10);
                    select.setInt(9, 0);
                    return Checks.list(types, first, second, typeNames(select), Checks.rows(select.executeQuery()));
                }
            }
        });
        checks.check("getters of every kind", c -> {
            try (Statement statement = c.createStatement(); ResultSet r = statement.executeQuery("SELECT 5::int4, 1.50::numeric(5,2), '2024-07-01 12:00+02'::timestamptz, 'text'::text, true, '\\x01ff'::bytea, '2024-02-29'::date, 7::int8")) {
                r.next();
                return Checks.list(r.getInt(1), r.getLong(1), r.getString(1), r.getDouble(2), r.getBigDecimal(2), r.getString(2), r.getTimestamp(3), r.getObject(3, OffsetDateTime.class), r.getString(3), r.getString(4), r.getBoolean(5), r.getString(5), r.getBytes(6), r.getString(6), r.getDate(7), r.getObject(7, LocalDate.class), r.getString(7), r.getShort(8), r.wasNull(), r.findColumn("int4"));
            }
        });
        checks.check("large values", c -> {
            String text = "\u00e9".repeat(500_000);
            byte[] bytes = new byte[1_000_000];
            Arrays.fill(bytes, (byte) 7);
            try (PreparedStatement statement = c.prepareStatement("SELECT ?::text, ?::bytea, length(?::text)")) {
                statement.setCharacterStream(1, new StringReader(text));
                statement.setBinaryStream(2, new ByteArrayInputStream(bytes), bytes.length);
                statement.setString(3, text);
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    return Checks.list(result.getString(1).equals(text), Arrays.equals(result.getBytes(2), bytes), result.getInt(3), result.getBinaryStream(2).readAllBytes().length);
                }
            }
        });
    }

    private static Object withOptions(Checks.Check check, String... options) throws Exception {
        try (Connection connection = Checks.connect(options)) {
            return check.run(connection);
        }
    }

    private static Object typeNames(PreparedStatement statement) throws SQLException {
        List<Object> names = new ArrayList<>();
        for (int index = 1; index <= statement.getParameterMetaData().getParameterCount(); index += 1) {
            names.add(statement.getParameterMetaData().getParameterTypeName(index));
        }
        return names;
    }

    private static void statements(Checks checks) {
        checks.check("fetch size", c -> {
            c.setAutoCommit(false);
            try (PreparedStatement statement = c.prepareStatement("SELECT i, i::text FROM generate_series(1, ?) AS g(i)")) {
                statement.setFetchSize(50);
                statement.setInt(1, 1000);
                long total = 0;
                int rows = 0;
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        total += result.getLong(1);
                        rows += 1;
                    }
                }
                statement.setInt(1, 100_000);
                ResultSet half = statement.executeQuery();
                half.next();
                Object beside = Checks.single(c, "SELECT 'beside'");
                half.next();
                int second = half.getInt(1);
                half.close();
                statement.setMaxRows(7);
                int limited = Checks.rows(statement.executeQuery()).size();
                c.commit();
                return Checks.list(total, rows, beside, second, limited, Checks.single(c, "SELECT 1"));
            }
        });
        checks.check("adaptive fetch and scrolling results", c -> {
            c.setAutoCommit(false);
            try (Statement statement = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
                ResultSet result = statement.executeQuery("SELECT i FROM generate_series(1, 20) AS g(i)");
                List<Object> found = new ArrayList<>();
                result.absolute(10);
                found.add(result.getInt(1));
                result.relative(-3);
                found.add(result.getInt(1));
                result.last();
                found.add(result.getRow());
                result.beforeFirst();
                result.next();
                found.add(result.getInt(1));
                return found;
            }
        });
        checks.check("batches", c -> {
            Checks.execute(c, "CREATE TABLE j_batch (i int, t text)");
            List<Object> found = new ArrayList<>();
            try (PreparedStatement statement = c.prepareStatement("INSERT INTO j_batch VALUES (?, ?)")) {
                for (int i = 0; i < 300; i += 1) {
                    statement.setInt(1, i);
                    statement.setString(2, "t" + i);
                    statement.addBatch();
                }
                found.add(Arrays.stream(statement.executeBatch()).sum());
            }
            try (Statement statement = c.createStatement()) {
                statement.addBatch("UPDATE j_batch SET t = 'x' WHERE i < 10");
                statement.addBatch("DELETE FROM j_batch WHERE i >= 290");
                statement.addBatch("CREATE TABLE j_batch_other (i int)");
                found.add(statement.executeBatch());
            }
            try (Statement statement = c.createStatement()) {
                statement.addBatch("INSERT INTO j_batch VALUES (1000, 'a')");
                statement.addBatch("INSERT INTO j_batch VALUES ('x', 'a')");
                statement.addBatch("INSERT INTO j_batch VALUES (1001, 'a')");
                statement.executeBatch();
            } catch (BatchUpdateException error) {
                found.add(Checks.list(error.getUpdateCounts(), error.getSQLState(), error.getMessage()));
            }
            found.add(Checks.query(c, "SELECT count(*), count(DISTINCT t), max(i) FROM j_batch"));
            return found;
        });
        checks.check("batches rewritten as one insert", c -> {
            try (Connection rewriting = Checks.connect("reWriteBatchedInserts=true")) {
                Checks.execute(rewriting, "CREATE TABLE j_rewrite (i int, t text, d date)");
                rewriting.setAutoCommit(false);
                try (PreparedStatement statement = rewriting.prepareStatement("INSERT INTO j_rewrite VALUES (?, ?, ?)")) {
                    for (int i = 0; i < 1000; i += 1) {
                        statement.setInt(1, i);
                        statement.setString(2, i % 3 == 0 ? null : "t" + i);
                        statement.setObject(3, LocalDate.of(2020, 1, 1).plusDays(i));
                        statement.addBatch();
                    }
                    int length = statement.executeBatch().length;
                    rewriting.commit();
                    return Checks.list(length, Checks.query(rewriting, "SELECT count(*), sum(i), count(t), max(d) FROM j_rewrite"));
                }
            }
        });
        checks.check("generated keys and returning", c -> {
            Checks.execute(c, "CREATE TABLE j_keys (id serial PRIMARY KEY, other int GENERATED BY DEFAULT AS IDENTITY, t text)");
            List<Object> found = new ArrayList<>();
            try (PreparedStatement statement = c.prepareStatement("INSERT INTO j_keys (t) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
                statement.setString(1, "one");
                found.add(statement.executeUpdate());
                found.add(Checks.rows(statement.getGeneratedKeys()));
            }
            try (PreparedStatement statement = c.prepareStatement("INSERT INTO j_keys (t) VALUES (?)", new String[] {"id", "t"})) {
                for (String t : new String[] {"two", "three"}) {
                    statement.setString(1, t);
                    statement.addBatch();
                }
                found.add(statement.executeBatch());
                found.add(Checks.rows(statement.getGeneratedKeys()));
            }
            try (Statement statement = c.createStatement()) {
                found.add(statement.execute("UPDATE j_keys SET t = upper(t) WHERE id = 1 RETURNING id, t"));
                found.add(Checks.rows(statement.getResultSet()));
            }
            return found;
        });
        checks.check("several results of one statement", c -> {
            try (Statement statement = c.createStatement()) {
                List<Object> found = new ArrayList<>();
                boolean rows = statement.execute("CREATE TABLE j_several (i int); INSERT INTO j_several VALUES (1), (2); SELECT i FROM j_several ORDER BY i; SELECT 'last'");
                while (rows || statement.getUpdateCount() != -1) {
                    found.add(rows ? Checks.rows(statement.getResultSet()) : statement.getUpdateCount());
                    rows = statement.getMoreResults();
                }
                return found;
            }
        });
        checks.check("a changed table under a prepared statement", c -> {
            Checks.execute(c, "CREATE TABLE j_changed (i int)", "INSERT INTO j_changed VALUES (1)");
            try (PreparedStatement statement = c.prepareStatement("SELECT * FROM j_changed")) {
                for (int round = 0; round < 6; round += 1) {
                    Checks.rows(statement.executeQuery());
                }
                Checks.execute(c, "ALTER TABLE j_changed ADD COLUMN t text");
                return Checks.list(Checks.attempt(() -> Checks.rows(statement.executeQuery())), Checks.attempt(() -> Checks.rows(statement.executeQuery())));
            }
        });
        checks.check("escapes and generic syntax", c -> Checks.list(
            Checks.query(c, "SELECT {d '2024-02-29'}, {t '01:02:03'}, {ts '2024-02-29 01:02:03'}, {fn ucase('a')}, {fn concat('a', 'b')}, {fn length('abc')}, {fn year({d '2024-02-29'})}, {fn mod(7, 3)}, {fn ifnull(NULL, 'z')}, {fn locate('b', 'abc')}, {fn timestampadd(SQL_TSI_DAY, 1, {d '2024-02-28'})}, {fn dayofweek({d '2024-02-29'})}, {fn user()}, {fn database()}"),
            Checks.query(c, "SELECT * FROM {oj (VALUES (1), (2)) a(i) LEFT OUTER JOIN (VALUES (2)) b(j) ON a.i = b.j} ORDER BY 1"),
            Checks.query(c, "SELECT 'a_c' LIKE 'a!_c' {escape '!'}")));
        checks.check("a function called", c -> {
            try (var call = c.prepareCall("{? = call upper(?)}")) {
                call.registerOutParameter(1, Types.VARCHAR);
                call.setString(2, "called");
                call.execute();
                return call.getString(1);
            }
        });
        checks.check("warnings", c -> {
            try (Statement statement = c.createStatement()) {
                statement.execute("DROP TABLE IF EXISTS j_never");
                return Checks.list(statement.getWarnings().getMessage(), statement.getWarnings().getSQLState());
            }
        });
        checks.check("cancel and timeouts", c -> {
            List<Object> found = new ArrayList<>();
            try (Statement statement = c.createStatement()) {
                Thread thread = new Thread(() -> {
                    try {
                        Thread.sleep(500);
                        statement.cancel();
                    } catch (Exception error) {
                        throw new IllegalStateException(error);
                    }
                });
                thread.start();
                found.add(Checks.attempt(() -> statement.executeQuery(SLOW)));
                thread.join();
                statement.setQueryTimeout(1);
                found.add(Checks.attempt(() -> statement.executeQuery(SLOW)));
                statement.setQueryTimeout(0);
                Checks.execute(c, "SET statement_timeout = 300");
                found.add(Checks.attempt(() -> statement.executeQuery(SLOW)));
            }
            found.add(c.isValid(2));
            return found;
        });
    }

    private static void transactions(Checks checks) {
        checks.check("autocommit off, savepoints, failed transactions", c -> {
            Checks.execute(c, "CREATE TABLE j_tx (i int)");
            c.setAutoCommit(false);
            Checks.execute(c, "INSERT INTO j_tx VALUES (1)");
            Savepoint named = c.setSavepoint("Named One");
            Checks.execute(c, "INSERT INTO j_tx VALUES (2)");
            Object failed = Checks.attempt(() -> Checks.query(c, "SELECT 1/0"));
            Object aborted = Checks.attempt(() -> Checks.query(c, "SELECT 1"));
            c.rollback(named);
            Savepoint unnamed = c.setSavepoint();
            Checks.execute(c, "INSERT INTO j_tx VALUES (3)");
            c.releaseSavepoint(unnamed);
            c.commit();
            Object broken = Checks.attempt(() -> Checks.query(c, "SELECT no_such"));
            Object commit = Checks.attempt(() -> {
                c.commit();
                return "committed";
            });
            c.setAutoCommit(true);
            return Checks.list(failed, aborted, broken, commit, Checks.query(c, "SELECT i FROM j_tx ORDER BY i"));
        });
        checks.check("autosave", c -> {
            List<Object> found = new ArrayList<>();
            for (String mode : new String[] {"always", "conservative"}) {
                try (Connection saving = Checks.connect("autosave=" + mode)) {
                    saving.setAutoCommit(false);
                    Checks.execute(saving, "CREATE TABLE j_autosave_" + mode + " (i int)", "INSERT INTO j_autosave_" + mode + " VALUES (1)");
                    found.add(Checks.attempt(() -> Checks.query(saving, "SELECT 1/0")));
                    found.add(Checks.attempt(() -> Checks.query(saving, "SELECT i FROM j_autosave_" + mode)));
                    saving.commit();
                }
            }
            return found;
        });
        checks.check("isolation, read only, schema, client information", c -> {
            List<Object> found = Checks.list(c.getTransactionIsolation(), c.getSchema(), c.getCatalog(), c.isReadOnly(), c.getHoldability());
            c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            found.add(c.getTransactionIsolation());
            Checks.execute(c, "CREATE SCHEMA j_schema");
            c.setSchema("j_schema");
            c.setReadOnly(true);
            found.add(Checks.attempt(() -> {
                Checks.execute(c, "CREATE TABLE refused (i int)");
                return "created";
            }));
            c.setReadOnly(false);
            Checks.execute(c, "CREATE TABLE j_inside (i int)");
            c.setClientInfo("ApplicationName", "checks");
            found.addAll(Checks.list(c.getSchema(), c.getClientInfo("ApplicationName"), Checks.single(c, "SHOW application_name"), Checks.single(c, "SELECT count(*) FROM j_schema.j_inside")));
            return found;
        });
        checks.check("options at connect", c -> {
            try (Connection other = Checks.connect("options=-c statement_timeout=4321", "currentSchema=pg_catalog,public", "ApplicationName=jdbc checks", "assumeMinServerVersion=15", "readOnly=true")) {
                return Checks.list(Checks.single(other, "SHOW statement_timeout"), Checks.single(other, "SHOW search_path"), Checks.single(other, "SHOW application_name"), other.isReadOnly(), Checks.single(other, "SHOW TimeZone"), Checks.single(other, "SHOW DateStyle"), Checks.single(other, "SHOW extra_float_digits"));
            }
        });
        checks.check("errors by SQLSTATE", c -> {
            Checks.execute(c, "CREATE TABLE j_err (id int NOT NULL, v varchar(3))");
            List<Object> found = new ArrayList<>();
            for (String text : new String[] {
                "SELEC 1", "SELECT * FROM no_such", "SELECT no_col FROM j_err", "SELECT no_fun(1)", "SELECT 1/0", "INSERT INTO j_err VALUES (NULL)", "INSERT INTO j_err VALUES (1, 'abcd')", "SELECT 'x'::int", "CREATE TABLE j_err (i int)",
                "SELECT 9999999999::int", "SELECT id, count(*) FROM j_err", "SELECT * FROM no_schema.t", "SELECT 'a' || 1 + 2", "SELECT sum(v) FROM j_err", "SELECT DISTINCT id FROM j_err ORDER BY v", "DELETE FROM no_such", "SELECT 1 WHERE 'a'",
            }) {
                found.add(Checks.list(text, Checks.attempt(() -> Checks.query(c, text))));
            }
            try (PreparedStatement statement = c.prepareStatement("SELECT * FROM j_err WHERE id = ?")) {
                statement.setString(1, "x");
                found.add(Checks.attempt(() -> Checks.rows(statement.executeQuery())));
            }
            return found;
        });
        checks.check("listen, notify, large objects", c -> {
            Object heard = Checks.attempt(() -> {
                Checks.execute(c, "LISTEN j_channel", "NOTIFY j_channel, 'hello'");
                return Checks.list(c.unwrap(PGConnection.class).getNotifications(1000)[0].getParameter());
            });
            c.setAutoCommit(false);
            return Checks.list(heard, Checks.attempt(() -> c.unwrap(PGConnection.class).getLargeObjectAPI().createLO() > 0));
        });
    }

    private static void copies(Checks checks) {
        checks.check("CopyManager both ways", c -> {
            Checks.execute(c, "CREATE TABLE j_copy (i int, t text)");
            CopyManager manager = c.unwrap(PGConnection.class).getCopyAPI();
            List<Object> found = Checks.list(manager.copyIn("COPY j_copy FROM STDIN (FORMAT csv, HEADER)", new StringReader("i,t\n1,\"a,\"\"b\"\n2,\n3,x\n")));
            found.add(manager.copyIn("COPY j_copy FROM STDIN", new ByteArrayInputStream("4\tz\\ty\n5\t\\N\n".getBytes(StandardCharsets.UTF_8))));
            StringWriter text = new StringWriter();
            found.add(manager.copyOut("COPY (SELECT * FROM j_copy ORDER BY i) TO STDOUT (FORMAT csv, HEADER)", text));
            ByteArrayOutputStream binary = new ByteArrayOutputStream();
            found.add(manager.copyOut("COPY (SELECT i, t FROM j_copy ORDER BY i) TO STDOUT (FORMAT binary)", binary));
            found.add(manager.copyIn("COPY j_copy FROM STDIN (FORMAT binary)", new ByteArrayInputStream(binary.toByteArray())));
            found.addAll(Checks.list(text.toString(), binary.toByteArray(), Checks.query(c, "SELECT count(*), count(t) FROM j_copy")));
            found.add(Checks.attempt(() -> manager.copyIn("COPY j_copy FROM STDIN", new StringReader("x\ty\n"))));
            var given = manager.copyIn("COPY j_copy FROM STDIN");
            byte[] row = "9\tq\n".getBytes(StandardCharsets.UTF_8);
            given.writeToCopy(row, 0, row.length);
            found.add(Checks.attempt(() -> {
                given.cancelCopy();
                return "cancelled";
            }));
            found.add(Checks.single(c, "SELECT count(*) FROM j_copy"));
            return found;
        });
    }
}
