import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.util.PSQLException;

/** Named checks: each gets a connection of its own and returns a value, printed as one JSON line. */
final class Checks {
    interface Check {
        Object run(Connection connection) throws Exception;
    }

    interface Attempt {
        Object run() throws Exception;
    }

    private final Map<String, Check> checks = new LinkedHashMap<>();

    void check(String name, Check check) {
        checks.put(name, check);
    }

    /** A connection with these driver properties (`name=value`). */
    static Connection connect(String... options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("PGUSER"));
        properties.setProperty("sslmode", "disable");
        for (String option : options) {
            int equals = option.indexOf('=');
            properties.setProperty(option.substring(0, equals), option.substring(equals + 1));
        }
        return DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE"), properties);
    }

    void run(String[] wanted) throws Exception {
        try (Connection connection = connect()) {
            System.out.println("{\"version\":" + json("pgjdbc " + connection.getMetaData().getDriverVersion()) + "}");
        }
        for (Map.Entry<String, Check> entry : checks.entrySet()) {
            if (wanted.length > 0 && !Arrays.asList(wanted).contains(entry.getKey())) {
                continue;
            }
            Object outcome;
            try (Connection connection = connect()) {
                Check check = entry.getValue();
                outcome = attempt(() -> check.run(connection));
            } catch (SQLException error) {
                outcome = describe(error);
            }
            System.out.println("{\"check\":" + json(entry.getKey()) + ",\"outcome\":" + json(outcome) + "}");
        }
    }

    /** What it returns, or the error it throws. */
    static Object attempt(Attempt attempt) {
        try {
            return attempt.run();
        } catch (SQLException error) {
            return describe(error);
        } catch (Exception error) {
            StackTraceElement[] trace = error.getStackTrace();
            return list("fault", error.toString(), trace.length > 0 ? trace[0].toString() : "");
        }
    }

    private static Object describe(SQLException error) {
        String detail = null;
        Object position = null;
        String message = error.getMessage();
        if (error instanceof PSQLException postgres && postgres.getServerErrorMessage() != null) {
            message = postgres.getServerErrorMessage().getMessage();
            detail = postgres.getServerErrorMessage().getDetail();
            position = postgres.getServerErrorMessage().getPosition();
        }
        List<Object> all = list(error.getClass().getSimpleName(), error.getSQLState(), message, detail, position);
        if (error.getNextException() != null) {
            all.add(describe(error.getNextException()));
        }
        return all;
    }

    static List<Object> list(Object... items) {
        return new ArrayList<>(Arrays.asList(items));
    }

    /** All rows, by getObject. */
    static List<Object> rows(ResultSet result) throws SQLException {
        List<Object> rows = new ArrayList<>();
        try (result) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int column = 1; column <= columns; column += 1) {
                    row.add(result.getObject(column));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** The first cell of the first row of a query. */
    static Object single(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement(); ResultSet result = statement.executeQuery(query)) {
            return result.next() ? result.getObject(1) : null;
        }
    }

    static List<Object> query(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement()) {
            return rows(statement.executeQuery(query));
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** Rows of a metadata result with its columns' names. */
    static List<Object> table(ResultSet result) throws SQLException {
        List<Object> names = new ArrayList<>();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column += 1) {
            names.add(result.getMetaData().getColumnName(column));
        }
        List<Object> all = list(names);
        all.addAll(rows(result));
        return all;
    }

    static List<Object> describe(ResultSetMetaData data) throws SQLException {
        List<Object> all = new ArrayList<>();
        for (int column = 1; column <= data.getColumnCount(); column += 1) {
            all.add(list(data.getColumnLabel(column), data.getColumnName(column), data.getColumnTypeName(column), data.getColumnType(column), data.getColumnClassName(column),
                data.getPrecision(column), data.getScale(column), data.getColumnDisplaySize(column), data.isSigned(column), data.isCaseSensitive(column), data.isNullable(column),
                data.isAutoIncrement(column), data.getTableName(column), data.getSchemaName(column)));
        }
        return all;
    }

    static String json(Object value) throws SQLException {
        StringBuilder text = new StringBuilder();
        write(text, value);
        return text.toString();
    }

    /** JSON that keeps Java's types apart: lists by their items, strings as they are, the rest with its class. */
    private static void write(StringBuilder text, Object value) throws SQLException {
        if (value == null || value instanceof Boolean || value instanceof Integer) {
            text.append(value);
        } else if (value instanceof String string) {
            quote(text, string);
        } else if (value instanceof List<?> items) {
            text.append('[');
            for (int index = 0; index < items.size(); index += 1) {
                text.append(index == 0 ? "" : ",");
                write(text, items.get(index));
            }
            text.append(']');
        } else if (value instanceof byte[] bytes) {
            quote(text, "bytes " + Arrays.toString(bytes));
        } else if (value instanceof Array array) {
            quote(text, "array of " + array.getBaseTypeName() + " " + Arrays.deepToString(new Object[] {array.getArray()}));
        } else if (value instanceof ResultSet result) {
            write(text, rows(result));
        } else if (value.getClass().isArray()) {
            quote(text, value.getClass().getSimpleName() + " " + Arrays.deepToString(new Object[] {value}));
        } else {
            quote(text, value.getClass().getSimpleName() + " " + value);
        }
    }

    private static void quote(StringBuilder text, String string) {
        text.append('"');
        for (char c : string.toCharArray()) {
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
