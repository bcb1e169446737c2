import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** DatabaseMetaData in full: every method without arguments, and the catalog methods over one schema. */
final class Metadata {
    /** What names the server itself, and connections; keywords are PostgreSQL's own list in both. */
    private static final Set<String> OTHERS = Set.of("getURL", "getDatabaseMinorVersion", "getDatabaseProductVersion", "getConnection", "getCatalogs", "getSchemas", "getTypeInfo", "getClientInfoProperties", "getUserName");

    static void add(Checks checks) {
        checks.check("DatabaseMetaData: methods without arguments", c -> {
            DatabaseMetaData data = c.getMetaData();
            List<Object> found = new ArrayList<>();
            Method[] methods = DatabaseMetaData.class.getMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName));
            for (Method method : methods) {
                if (method.getParameterCount() == 0 && !OTHERS.contains(method.getName())) {
                    found.add(Checks.list(method.getName(), Checks.attempt(() -> {
                        try {
                            return method.invoke(data);
                        } catch (java.lang.reflect.InvocationTargetException error) {
                            throw (Exception) error.getCause();
                        }
                    })));
                }
            }
            return found;
        });
        checks.check("DatabaseMetaData: catalogs, schemas, types, client information", c -> {
            DatabaseMetaData data = c.getMetaData();
            make(c);
            return Checks.list(Checks.table(data.getCatalogs()).contains(Checks.list("sluice")), Checks.table(data.getSchemas(null, "j\\_meta%")), Checks.table(data.getSchemas(null, "pg\\_catalog")), Checks.table(data.getSchemas(null, "information\\_schema")), Checks.table(data.getClientInfoProperties()), data.getUserName());
        });
        checks.check("DatabaseMetaData: getTypeInfo of common types", c -> {
            List<Object> kept = new ArrayList<>();
            for (Object row : Checks.table(c.getMetaData().getTypeInfo())) {
                if (row instanceof List<?> cells && Set.of("int2", "int4", "int8", "text", "varchar", "bpchar", "numeric", "float4", "float8", "bool", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "bytea", "uuid", "json", "jsonb", "oid", "name", "serial", "bigserial", "_int4", "_text").contains(cells.get(0))) {
                    kept.add(row);
                }
            }
            kept.sort(Comparator.comparing(Object::toString));
            return kept;
        });
        checks.check("DatabaseMetaData: tables", c -> {
            make(c);
            DatabaseMetaData data = c.getMetaData();
            return Checks.list(Checks.table(data.getTables(null, "j_meta", "%", null)), Checks.table(data.getTables("sluice", "j_meta", "cust%", new String[] {"TABLE"})), Checks.table(data.getTables(null, null, "active", new String[] {"VIEW"})),
                Checks.table(data.getTables(null, "j_meta", "%", new String[] {"TABLE", "VIEW", "SEQUENCE", "INDEX", "FOREIGN TABLE", "PARTITIONED TABLE", "MATERIALIZED VIEW"})), Checks.table(data.getTables(null, "pg_catalog", "pg\\_class", null)), Checks.table(data.getTables("other", "j_meta", "%", null)), Checks.table(data.getTableTypes()));
        });
        checks.check("DatabaseMetaData: columns", c -> {
            make(c);
            DatabaseMetaData data = c.getMetaData();
            return Checks.list(Checks.table(data.getColumns(null, "j_meta", "customer", "%")), Checks.table(data.getColumns(null, "j_meta", "active", null)), Checks.table(data.getColumns(null, "j_meta", "%", "i%")), Checks.table(data.getColumns(null, null, "no_such", null)), Checks.table(data.getPseudoColumns(null, "j_meta", "customer", "%")));
        });
        checks.check("DatabaseMetaData: keys", c -> {
            make(c);
            DatabaseMetaData data = c.getMetaData();
            return Checks.list(Checks.table(data.getPrimaryKeys(null, "j_meta", "customer")), Checks.table(data.getPrimaryKeys(null, "j_meta", "orders")), Checks.table(data.getImportedKeys(null, "j_meta", "orders")), Checks.table(data.getExportedKeys(null, "j_meta", "customer")),
                Checks.table(data.getCrossReference(null, "j_meta", "customer", null, "j_meta", "orders")));
        });
        checks.check("DatabaseMetaData: indexes", c -> {
            make(c);
            DatabaseMetaData data = c.getMetaData();
            return Checks.list(Checks.attempt(() -> Checks.table(data.getIndexInfo(null, "j_meta", "orders", false, true))), Checks.attempt(() -> Checks.table(data.getIndexInfo(null, "j_meta", "customer", true, false))));
        });
        checks.check("DatabaseMetaData: row identifiers, versions, privileges", c -> {
            make(c);
            DatabaseMetaData data = c.getMetaData();
            return Checks.list(Checks.table(data.getBestRowIdentifier(null, "j_meta", "customer", DatabaseMetaData.bestRowSession, true)), Checks.attempt(() -> Checks.table(data.getVersionColumns(null, "j_meta", "customer"))),
                Checks.attempt(() -> Checks.table(data.getTablePrivileges(null, "j_meta", "customer"))), Checks.attempt(() -> Checks.table(data.getColumnPrivileges(null, "j_meta", "customer", "id"))));
        });
        checks.check("DatabaseMetaData: functions, procedures, types, super types", c -> {
            DatabaseMetaData data = c.getMetaData();
            return Checks.list(Checks.table(data.getProcedures(null, "public", "%")), Checks.table(data.getProcedureColumns(null, "public", "%", "%")), Checks.table(data.getFunctions(null, "public", "%")), Checks.table(data.getFunctionColumns(null, "public", "%", "%")), Checks.table(data.getUDTs(null, "public", "%", null)),
                Checks.attempt(() -> Checks.table(data.getSuperTypes(null, null, "%"))), Checks.attempt(() -> Checks.table(data.getAttributes(null, null, "%", "%"))));
        });
    }

    private static void make(Connection connection) throws SQLException {
        Checks.execute(connection, "DROP SCHEMA IF EXISTS j_meta CASCADE", "CREATE SCHEMA j_meta",
            "CREATE TABLE j_meta.customer (id int PRIMARY KEY, name varchar(40) NOT NULL, credit numeric(10,2) DEFAULT 0, since timestamp(3) DEFAULT now(), active boolean DEFAULT true, note text, raw bytea, day date, big bigint, small smallint, ratio real, code char(3), tags text[], doc jsonb, key uuid, stamp timestamptz, at time, wide double precision, n numeric, span interval)",
            "CREATE TABLE j_meta.orders (no int, line int, customer int NOT NULL REFERENCES j_meta.customer (id) ON DELETE CASCADE, amount int GENERATED ALWAYS AS IDENTITY, ser serial, PRIMARY KEY (no, line), UNIQUE (customer, line))",
            "CREATE VIEW j_meta.active AS SELECT id, name FROM j_meta.customer WHERE active",
            "COMMENT ON TABLE j_meta.customer IS 'people who pay'", "COMMENT ON COLUMN j_meta.customer.name IS 'what they are called'");
    }
}
