import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;

/** What results tell of their columns, and results that are changed in place. */
final class Results {
    static void add(Checks checks) {
        checks.check("ResultSetMetaData of a table", c -> {
            Checks.execute(c, "CREATE TABLE j_result (id serial PRIMARY KEY, name varchar(20) NOT NULL, price numeric(8,2), at timestamptz(3), fixed char(5))");
            try (Statement statement = c.createStatement(); ResultSet result = statement.executeQuery("SELECT id AS renamed, name, price, at, fixed, id + 1 AS more FROM j_result r")) {
                return Checks.describe(result.getMetaData());
            }
        });
        checks.check("ResultSetMetaData of expressions, aggregates and system tables", c -> {
            try (PreparedStatement statement = c.prepareStatement("SELECT relname, oid, count(*) OVER () AS n, sum(1.5) OVER () AS s, avg(2) OVER () AS a, 'x' || ? AS t, now() AS z, NULL AS nothing, ARRAY[1] AS l FROM pg_class LIMIT 0")) {
                return Checks.describe(statement.getMetaData());
            }
        });
        checks.check("updatable results", c -> {
            Checks.execute(c, "CREATE TABLE j_updatable (id int PRIMARY KEY, t text)", "INSERT INTO j_updatable VALUES (1, 'a'), (2, 'b')");
            try (Statement statement = c.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE); ResultSet result = statement.executeQuery("SELECT id, t FROM j_updatable ORDER BY id")) {
                result.next();
                result.updateString("t", "changed");
                result.updateRow();
                result.next();
                result.deleteRow();
                result.moveToInsertRow();
                result.updateInt("id", 9);
                result.updateString("t", "inserted");
                result.insertRow();
            }
            return Checks.query(c, "SELECT * FROM j_updatable ORDER BY id");
        });
        checks.check("cursors held over commit", c -> {
            c.setAutoCommit(false);
            try (Statement statement = c.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY, ResultSet.HOLD_CURSORS_OVER_COMMIT)) {
                statement.setFetchSize(2);
                ResultSet result = statement.executeQuery("SELECT i FROM generate_series(1, 5) AS g(i)");
                result.next();
                c.commit();
                int rows = 1;
                while (result.next()) {
                    rows += 1;
                }
                return rows;
            }
        });
    }
}
