// pgx: the extended protocol in binary, batches, CopyFrom, transactions with nested ones, database/sql.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib"
)

const slow = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a % 7 = b % 11"

var ctx = context.Background()

func say(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

// describe tells values with their Go types, and errors by what clients look at.
func describe(value any) any {
	switch known := value.(type) {
	case nil:
		return nil
	case error:
		var failure *pgconn.PgError
		if errors.As(known, &failure) {
			return []any{"error", failure.Code, failure.Message, failure.Position}
		}
		if errors.Is(known, context.DeadlineExceeded) {
			return []any{"error", "deadline"}
		}
		return []any{"error", known.Error()}
	case []any:
		all := []any{}
		for _, item := range known {
			all = append(all, describe(item))
		}
		return all
	default:
		return fmt.Sprintf("%T %v", value, value)
	}
}

func check(name string, run func(*pgx.Conn) any) {
	connection, err := pgx.Connect(ctx, os.Getenv("CLIENT_DSN"))
	if err != nil {
		say(map[string]any{"check": name, "outcome": describe(err)})
		return
	}
	defer connection.Close(ctx)
	say(map[string]any{"check": name, "outcome": describe(run(connection))})
}

func all(connection *pgx.Conn, query string, values ...any) any {
	rows, err := connection.Query(ctx, query, values...)
	if err != nil {
		return err
	}
	found := []any{}
	for rows.Next() {
		row, err := rows.Values()
		if err != nil {
			return err
		}
		found = append(found, row)
	}
	if rows.Err() != nil {
		return rows.Err()
	}
	return found
}

func run(connection *pgx.Conn, query string, values ...any) any {
	tag, err := connection.Exec(ctx, query, values...)
	if err != nil {
		return err
	}
	return tag.String()
}

func main() {
	say(map[string]any{"version": "pgx " + os.Getenv("CLIENT_VERSION")})
	check("types both ways", func(c *pgx.Conn) any {
		return all(c, "SELECT $1::int2, $2::int4, $3::int8, $4::float4, $5::float8, $6::numeric(8,2)::text, $7::text, $8::bool, $9::date, $10::timestamp, $11::timestamptz, $12::bytea, $13::uuid::text, $14::jsonb, $15::int4[], $16::text[], $17::int4",
			int16(1), int32(-5), int64(1)<<60, float32(1.5), -2.25e100, "12.5", "naïve", true, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 31, 1, 2, 3, 4000, time.UTC), time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC), []byte{0, 255}, "12345678-1234-5678-1234-567812345678", map[string]any{"a": 1}, []int32{1, 2}, []string{"a", "b"}, nil)
	})
	check("simple protocol, described execution, plain text", func(c *pgx.Conn) any {
		found := []any{}
		for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeSimpleProtocol, pgx.QueryExecModeExec, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeCacheDescribe} {
			found = append(found, all(c, "SELECT $1::int + 1, $2::text, $3::timestamptz", mode, 41, "it's", time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)))
		}
		return found
	})
	check("batches and copy", func(c *pgx.Conn) any {
		found := []any{run(c, "CREATE TABLE gx_rows (i int, t text, d date)")}
		batch := &pgx.Batch{}
		for i := 0; i < 20; i++ {
			batch.Queue("INSERT INTO gx_rows VALUES ($1, $2, $3)", i, fmt.Sprint("t", i), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
		}
		batch.Queue("SELECT count(*) FROM gx_rows")
		found = append(found, c.SendBatch(ctx, batch).Close())
		source := [][]any{}
		for i := 0; i < 1000; i++ {
			source = append(source, []any{i, nil, time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)})
		}
		copied, err := c.CopyFrom(ctx, pgx.Identifier{"gx_rows"}, []string{"i", "t", "d"}, pgx.CopyFromRows(source))
		found = append(found, copied, err)
		var text strings.Builder
		tag, err := c.PgConn().CopyTo(ctx, &text, "COPY (SELECT * FROM gx_rows WHERE i < 2 ORDER BY i, t) TO STDOUT")
		return append(found, tag.String(), err, text.String(), all(c, "SELECT count(*), count(t), sum(i) FROM gx_rows"))
	})
	check("transactions", func(c *pgx.Conn) any {
		found := []any{run(c, "CREATE TABLE gx_tx (i int)")}
		found = append(found, pgx.BeginTxFunc(ctx, c, pgx.TxOptions{IsoLevel: pgx.Serializable}, func(outer pgx.Tx) error {
			if _, err := outer.Exec(ctx, "INSERT INTO gx_tx VALUES (1)"); err != nil {
				return err
			}
			inner, err := outer.Begin(ctx)
			if err != nil {
				return err
			}
			_, failed := inner.Exec(ctx, "SELECT 1/0")
			found = append(found, failed, inner.Rollback(ctx))
			_, err = outer.Exec(ctx, "INSERT INTO gx_tx VALUES (2)")
			return err
		}))
		return append(found, all(c, "SELECT i FROM gx_tx ORDER BY i"))
	})
	check("prepared statements and changed tables", func(c *pgx.Conn) any {
		found := []any{run(c, "CREATE TABLE gx_changed (i int)"), run(c, "INSERT INTO gx_changed VALUES (1)")}
		statement, err := c.Prepare(ctx, "named", "SELECT * FROM gx_changed WHERE i = $1")
		found = append(found, err, fmt.Sprint(statement.ParamOIDs), len(statement.Fields), all(c, "named", 1), run(c, "ALTER TABLE gx_changed ADD COLUMN t text"))
		return append(found, all(c, "SELECT * FROM gx_changed"), all(c, "SELECT * FROM gx_changed"))
	})
	check("errors and cancel", func(c *pgx.Conn) any {
		found := []any{all(c, "SELEC 1"), all(c, "SELECT no_col"), all(c, "SELECT 1/0"), all(c, "SELECT * FROM no_such"), all(c, "SELECT $1::int", "x")}
		limited, stop := context.WithTimeout(ctx, 500*time.Millisecond)
		defer stop()
		_, err := c.Exec(limited, slow)
		return append(found, describe(err).([]any)[0])
	})
	check("pool and database/sql", func(c *pgx.Conn) any {
		pool, err := pgxpool.New(ctx, os.Getenv("CLIENT_DSN"))
		if err != nil {
			return err
		}
		defer pool.Close()
		total := 0
		for i := 0; i < 20; i++ {
			value := 0
			if err := pool.QueryRow(ctx, "SELECT $1::int * 2", i).Scan(&value); err != nil {
				return err
			}
			total += value
		}
		database, err := sql.Open("pgx", os.Getenv("CLIENT_DSN"))
		if err != nil {
			return err
		}
		defer database.Close()
		name, count := "", 0
		err = database.QueryRow("SELECT 'x' || $1::text, count(*) FROM generate_series(1, $2::int)", "y", 5).Scan(&name, &count)
		return []any{total, name, count, err}
	})
}
