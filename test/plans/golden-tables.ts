import type { Column, DataFile, FileFormat, Relation } from '../../planner/relation/relation.js';
import { decimal, scalar, type DataType } from '../../planner/types/data-type.js';

/** Tables that exist only as what the planner knows of them, so that golden plans depend on nothing else. */

const BIGINT = scalar('BIGINT');
const INTEGER = scalar('INTEGER');
const VARCHAR = scalar('VARCHAR');
const DATE = scalar('DATE');
const MONEY = decimal(15, 2);

/** A table in files of equal size. */
interface Shape {
  readonly fileCount: number;
  readonly rowsPerFile: number;
  readonly bytesPerFile: number;
  readonly rowGroupsPerFile: number;
  readonly format?: FileFormat;
  /** Days covered by each file of the column `sold_on`, one month a file. */
  readonly months?: boolean;
}

function table(name: string, columns: Readonly<Record<string, DataType>>, shape: Shape): Relation {
  const format = shape.format ?? 'parquet';
  const files = Array.from({ length: shape.fileCount }, (_, index): DataFile => {
    const month = String(index + 1).padStart(2, '0');
    const known =
      format === 'parquet'
        ? { rowCount: shape.rowsPerFile, rowGroups: Array.from({ length: shape.rowGroupsPerFile }, () => shape.rowsPerFile / shape.rowGroupsPerFile) }
        : {};
    const statistics = shape.months === true ? { statistics: { sold_on: { min: `2024-${month}-01`, max: `2024-${month}-28`, nullCount: 0 } } } : {};
    return { path: `/data/${name}/${index}.${format}`, byteCount: shape.bytesPerFile, ...known, ...statistics };
  });
  const list = Object.entries(columns).map(([column, type]): Column => ({ name: column, type }));
  return { schema: 'main', name, columns: list, source: { kind: 'files', format, files, partitionColumns: [], readerOptions: {}, unionByName: false } };
}

const MB = 1_000_000;

const TPCH: readonly Relation[] = [
  table('region', { r_regionkey: BIGINT, r_name: VARCHAR, r_comment: VARCHAR }, { fileCount: 1, rowsPerFile: 5, bytesPerFile: 2000, rowGroupsPerFile: 1 }),
  table(
    'nation',
    { n_nationkey: BIGINT, n_name: VARCHAR, n_regionkey: BIGINT, n_comment: VARCHAR },
    { fileCount: 1, rowsPerFile: 25, bytesPerFile: 4000, rowGroupsPerFile: 1 },
  ),
  table(
    'supplier',
    { s_suppkey: BIGINT, s_name: VARCHAR, s_address: VARCHAR, s_nationkey: BIGINT, s_phone: VARCHAR, s_acctbal: MONEY, s_comment: VARCHAR },
    { fileCount: 1, rowsPerFile: 100_000, bytesPerFile: 12 * MB, rowGroupsPerFile: 1 },
  ),
  table(
    'part',
    {
      p_partkey: BIGINT,
      p_name: VARCHAR,
      p_mfgr: VARCHAR,
      p_brand: VARCHAR,
      p_type: VARCHAR,
      p_size: INTEGER,
      p_container: VARCHAR,
      p_retailprice: MONEY,
      p_comment: VARCHAR,
    },
    { fileCount: 4, rowsPerFile: 500_000, bytesPerFile: 35 * MB, rowGroupsPerFile: 4 },
  ),
  table(
    'partsupp',
    { ps_partkey: BIGINT, ps_suppkey: BIGINT, ps_availqty: INTEGER, ps_supplycost: MONEY, ps_comment: VARCHAR },
    { fileCount: 4, rowsPerFile: 2_000_000, bytesPerFile: 100 * MB, rowGroupsPerFile: 16 },
  ),
  table(
    'customer',
    {
      c_custkey: BIGINT,
      c_name: VARCHAR,
      c_address: VARCHAR,
      c_nationkey: BIGINT,
      c_phone: VARCHAR,
      c_acctbal: MONEY,
      c_mktsegment: VARCHAR,
      c_comment: VARCHAR,
    },
    { fileCount: 5, rowsPerFile: 300_000, bytesPerFile: 30 * MB, rowGroupsPerFile: 3 },
  ),
  table(
    'orders',
    {
      o_orderkey: BIGINT,
      o_custkey: BIGINT,
      o_orderstatus: VARCHAR,
      o_totalprice: MONEY,
      o_orderdate: DATE,
      o_orderpriority: VARCHAR,
      o_clerk: VARCHAR,
      o_shippriority: INTEGER,
      o_comment: VARCHAR,
    },
    { fileCount: 15, rowsPerFile: 1_000_000, bytesPerFile: 45 * MB, rowGroupsPerFile: 8 },
  ),
  table(
    'lineitem',
    {
      l_orderkey: BIGINT,
      l_partkey: BIGINT,
      l_suppkey: BIGINT,
      l_linenumber: INTEGER,
      l_quantity: MONEY,
      l_extendedprice: MONEY,
      l_discount: MONEY,
      l_tax: MONEY,
      l_returnflag: VARCHAR,
      l_linestatus: VARCHAR,
      l_shipdate: DATE,
      l_commitdate: DATE,
      l_receiptdate: DATE,
      l_shipinstruct: VARCHAR,
      l_shipmode: VARCHAR,
      l_comment: VARCHAR,
    },
    { fileCount: 30, rowsPerFile: 2_000_000, bytesPerFile: 75 * MB, rowGroupsPerFile: 16 },
  ),
];

/** TPC-H at scale 10, a year of sales in monthly files, their customers, and a CSV log. */
export const GOLDEN_TABLES: ReadonlyMap<string, Relation> = new Map(
  [
    ...TPCH,
    table(
      'sales',
      { id: BIGINT, buyer: BIGINT, product: INTEGER, amount: MONEY, weight: scalar('DOUBLE'), sold_on: DATE, note: VARCHAR },
      { fileCount: 12, rowsPerFile: 1_000_000, bytesPerFile: 40 * MB, rowGroupsPerFile: 8, months: true },
    ),
    table('buyers', { id: BIGINT, name: VARCHAR, city: VARCHAR }, { fileCount: 4, rowsPerFile: 500_000, bytesPerFile: 10 * MB, rowGroupsPerFile: 4 }),
    table('cities', { name: VARCHAR, country: VARCHAR }, { fileCount: 1, rowsPerFile: 200, bytesPerFile: 9000, rowGroupsPerFile: 1 }),
    table(
      'log',
      { at: scalar('TIMESTAMP'), buyer: BIGINT, line: VARCHAR },
      { fileCount: 3, rowsPerFile: 1, bytesPerFile: 200 * MB, rowGroupsPerFile: 1, format: 'csv' },
    ),
  ].map((relation) => [relation.name, relation]),
);
