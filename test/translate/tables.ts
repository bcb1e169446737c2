import type { Relation } from '../../planner/relation/relation.js';
import type { DataType } from '../../planner/types/data-type.js';
import { decimal, list, scalar } from '../../planner/types/data-type.js';
import type { PostgresColumnType } from '../../planner/types/postgres-type.js';
import { OID } from '../../planner/types/postgres-type.js';

interface TestColumn {
  readonly name: string;
  readonly type: DataType;
  readonly declared: string;
  readonly postgres?: PostgresColumnType;
}

function column(name: string, type: DataType, declared: string, postgres?: PostgresColumnType): TestColumn {
  return postgres === undefined ? { name, type, declared } : { name, type, declared, postgres };
}

const TABLES: Readonly<Record<string, { readonly columns: readonly TestColumn[]; readonly rows: readonly string[] }>> = {
  emp: {
    columns: [
      column('id', scalar('INTEGER'), 'int'),
      column('name', scalar('VARCHAR'), 'text'),
      column('dept', scalar('INTEGER'), 'int'),
      column('salary', decimal(10, 2), 'numeric(10,2)'),
      column('hired', scalar('DATE'), 'date'),
      column('rating', scalar('DOUBLE'), 'float8'),
      column('active', scalar('BOOLEAN'), 'bool'),
      column('seen', scalar('TIMESTAMP'), 'timestamp'),
      column('code', scalar('VARCHAR'), 'varchar(10)', { oid: OID.varchar, modifier: 14 }),
    ],
    rows: [
      "(1, 'Ann', 10, 1000.50, '2019-01-15', 4.5, true, '2024-01-01 10:00:00', 'A1')",
      "(2, 'bob', 10, 2000.00, '2020-02-29', 3.25, false, '2024-01-02 11:30:15.5', 'B2')",
      "(3, 'Cid', 20, 1500.75, '2018-12-31', NULL, true, NULL, NULL)",
      "(4, 'dee', NULL, NULL, '2021-06-01', 2.5, NULL, '2023-12-31 23:59:59.999999', 'a1')",
      "(5, NULL, 20, 999.99, NULL, -1.5, false, '2024-02-29 00:00:00', '')",
      "(6, 'Éva', 30, 3000.10, '2022-03-04', 0, true, '2024-03-10 02:30:00', 'x_y%')",
    ],
  },
  dept: {
    columns: [column('dept', scalar('INTEGER'), 'int'), column('title', scalar('VARCHAR'), 'text')],
    rows: ["(10, 'Sales')", "(20, 'Tech')", "(40, 'Void')"],
  },
  num: {
    columns: [
      column('i2', scalar('SMALLINT'), 'int2'),
      column('i4', scalar('INTEGER'), 'int4'),
      column('i8', scalar('BIGINT'), 'int8'),
      column('n', decimal(12, 3), 'numeric(12,3)'),
      column('f4', scalar('FLOAT'), 'float4'),
      column('f8', scalar('DOUBLE'), 'float8'),
    ],
    rows: [
      '(1, 2, 3, 4.500, 0.5, 0.25)',
      '(-7, 7, -70000000000, -1.125, 2.5, 3.5)',
      '(0, 0, 0, 0, 0, 0)',
      '(NULL, NULL, NULL, NULL, NULL, NULL)',
      '(32767, 2147483647, 9000000000000000000, 99999.999, 1.5, -2.5)',
    ],
  },
  arr: {
    columns: [column('k', scalar('INTEGER'), 'int'), column('xs', list(scalar('INTEGER')), 'int[]'), column('ts', list(scalar('VARCHAR')), 'text[]')],
    rows: ["(1, ARRAY[1,2,3], ARRAY['a','b'])", '(2, ARRAY[]::int[], ARRAY[]::text[])', '(3, NULL, NULL)', "(4, ARRAY[4,NULL,6], ARRAY['x y', 'q', NULL])"],
  },
  ev: {
    columns: [
      column('ts', scalar('TIMESTAMP WITH TIME ZONE'), 'timestamptz'),
      column('d', scalar('DATE'), 'date'),
      column('t', scalar('TIME'), 'time'),
      column('iv', scalar('INTERVAL'), 'interval'),
      column('doc', scalar('JSON'), 'json'),
    ],
    rows: [
      `('2024-01-31 12:00:00+00', '2024-01-31', '08:30:00', '1 day 02:03:04', '{"a": 1, "b": [1, 2, {"c": "x"}]}')`,
      `('2023-03-01 00:00:00.25+00', '2023-03-01', '23:59:59.5', '1 year 2 months', '{"a": null, "d": "text"}')`,
      '(NULL, NULL, NULL, NULL, NULL)',
    ],
  },
};

/** The test tables as the planner sees them. */
export const RELATIONS: ReadonlyMap<string, Relation> = new Map(
  Object.entries(TABLES).map(([name, table]): [string, Relation] => [
    name,
    {
      schema: 'translate',
      name,
      columns: table.columns.map((item) =>
        item.postgres === undefined ? { name: item.name, type: item.type } : { name: item.name, type: item.type, postgres: item.postgres },
      ),
      source: { kind: 'files', format: 'parquet', files: [], partitionColumns: [], readerOptions: {}, unionByName: false },
    },
  ]),
);

/** Statements that make the tables; both databases read them alike. */
export function tableStatements(): readonly string[] {
  return Object.entries(TABLES).flatMap(([name, table]) => [
    `CREATE TABLE ${name} (${table.columns.map((item) => `${item.name} ${item.declared}`).join(', ')})`,
    `INSERT INTO ${name} VALUES ${table.rows.join(', ')}`,
  ]);
}
