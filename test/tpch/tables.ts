import assert from 'node:assert/strict';
import {
  ADJECTIVES,
  ADVERBS,
  COLORS,
  CONTAINER_SYLLABLES,
  INSTRUCTIONS,
  MODES,
  NATIONS,
  NOUNS,
  PRIORITIES,
  REGIONS,
  SEGMENTS,
  TYPE_SYLLABLES,
  VERBS,
} from './vocabulary.js';

/** Row counts at one scale factor. */
export interface TpchSizes {
  readonly parts: number;
  readonly suppliers: number;
  readonly customers: number;
  readonly orders: number;
  readonly clerks: number;
}

/** The specification's row counts; at least the few rows below which keys would not relate. */
export function sizesAt(scale: number): TpchSizes {
  return {
    parts: Math.max(200, Math.round(200_000 * scale)),
    suppliers: Math.max(20, Math.round(10_000 * scale)),
    customers: Math.max(150, Math.round(150_000 * scale)),
    orders: Math.max(1500, Math.round(1_500_000 * scale)),
    clerks: Math.max(10, Math.round(1000 * scale)),
  };
}

/**
 * Macros every table's query uses. Values are hashes of a row's key and a number that names the column, so any range of
 * rows can be made alone and is the same every time.
 */
export const SETUP: readonly string[] = [
  // `hash` of one BIGINT is DuckDB's own mixing function; two rounds keep neighbouring keys apart in every low bit.
  `CREATE MACRO pick(key, salt, n) AS (hash(hash(key::BIGINT) + salt::UBIGINT) % n::UBIGINT)::BIGINT`,
  `CREATE MACRO money(key, salt, low_cents, high_cents) AS
     ((low_cents + pick(key, salt, high_cents - low_cents + 1)) / 100.0)::DECIMAL(15, 2)`,
  `CREATE MACRO phone(key, nation) AS
     format('{}-{}-{}-{}', nation + 10, 100 + pick(key, 90, 900), 100 + pick(key, 91, 900), 1000 + pick(key, 92, 9000))`,
  `CREATE MACRO address(key) AS substr(md5(key::VARCHAR || 'a') || md5(key::VARCHAR || 'b'), 1, 10 + pick(key, 93, 31)::INT)`,
  // The supplier of a part's i-th offer, spread as the specification prescribes: every pair occurs once.
  `CREATE MACRO offering_supplier(part, i, suppliers) AS
     (part + i * (suppliers // 4 + (part - 1) // suppliers)) % suppliers + 1`,
  `CREATE MACRO retail_price(part) AS ((90000 + (part // 10) % 20001 + 100 * (part % 1000)) / 100.0)::DECIMAL(15, 2)`,
  // Keys use 8 of every 32 numbers, as the specification's sparse order keys do.
  `CREATE MACRO order_key(n) AS ((n // 8) * 32 + n % 8 + 1)`,
  `CREATE TABLE phrase AS SELECT row_number() OVER (ORDER BY adverb, adjective, noun, verb) - 1 AS phrase_id,
     format('{} {} {} {} ', adverb, adjective, noun, verb) AS text
   FROM unnest(${list(ADVERBS)}) AS a(adverb), unnest(${list(ADJECTIVES)}) AS b(adjective), unnest(${list(NOUNS)}) AS c(noun),
     unnest(${list(VERBS)}) AS d(verb)
   WHERE hash(adverb || adjective || noun || verb) % 7 = 0 QUALIFY phrase_id < 4000`,
];

/** Number of phrases that SETUP makes: 10 x 12 x 16 x 15 combinations, a seventh of them, the first 4,000. */
export const PHRASE_COUNT = 4000;

/** The nation and region tables and the supplier table, each small enough for one query. */
export function smallTable(name: 'region' | 'nation' | 'supplier', sizes: TpchSizes): string {
  switch (name) {
    case 'region':
      return `SELECT (id - 1)::BIGINT AS r_regionkey, ${list(REGIONS)}[id] AS r_name, rtrim(p.text) AS r_comment
        FROM range(1, ${REGIONS.length + 1}) AS t(id) JOIN phrase AS p ON p.phrase_id = t.id ORDER BY 1`;
    case 'nation':
      return `SELECT (id - 1)::BIGINT AS n_nationkey, ${list(NATIONS.map(([nation]) => nation))}[id] AS n_name,
        [${NATIONS.map(([, region]) => region).join(', ')}][id]::BIGINT AS n_regionkey, rtrim(p.text) AS n_comment
        FROM range(1, ${NATIONS.length + 1}) AS t(id) JOIN phrase AS p ON p.phrase_id = t.id + 100 ORDER BY 1`;
    case 'supplier':
      // Five suppliers in ten thousand have complaints, five recommendations; at least one each, for query 16.
      return `SELECT s_suppkey, format('Supplier#{:09d}', s_suppkey) AS s_name, address(s_suppkey) AS s_address, s_nationkey,
        phone(s_suppkey, s_nationkey) AS s_phone, money(s_suppkey, 3, -99999, 999999) AS s_acctbal,
        rtrim(CASE WHEN s_suppkey % 1999 = 7 THEN p.text || 'Customer the Complaints ' || q.text
          WHEN s_suppkey % 1999 = 13 THEN p.text || 'Customer Recommends ' ELSE p.text || q.text END) AS s_comment
        FROM (SELECT id AS s_suppkey, pick(id, 1, 25) AS s_nationkey, pick(id, 4, ${PHRASE_COUNT}) AS p_id,
          pick(id, 5, ${PHRASE_COUNT}) AS q_id FROM range(1, ${sizes.suppliers + 1}) AS t(id))
        JOIN phrase AS p ON p.phrase_id = p_id JOIN phrase AS q ON q.phrase_id = q_id ORDER BY s_suppkey`;
  }
}

/** Parts with keys from `first` up to `last`. */
export function partRange(first: number, last: number): string {
  return `SELECT p_partkey,
    -- Five different words: each from a span of 18 of its own, starting at a part's own place in the list.
    concat_ws(' ', ${[10, 11, 12, 13, 14].map((salt) => `c[1 + (pick(p_partkey, 9, ${COLORS.length}) + ${salt - 10} * 18 + pick(p_partkey, ${salt}, 18)) % ${COLORS.length}]`).join(', ')}) AS p_name,
    format('Manufacturer#{}', m) AS p_mfgr, format('Brand#{}{}', m, 1 + pick(p_partkey, 16, 5)) AS p_brand,
    concat_ws(' ', ${TYPE_SYLLABLES.map((syllables, index) => pickFrom(syllables, 'p_partkey', 17 + index)).join(', ')}) AS p_type,
    (1 + pick(p_partkey, 20, 50))::INTEGER AS p_size,
    concat_ws(' ', ${CONTAINER_SYLLABLES.map((syllables, index) => pickFrom(syllables, 'p_partkey', 21 + index)).join(', ')}) AS p_container,
    retail_price(p_partkey) AS p_retailprice, substr(p.text, 1, 5 + pick(p_partkey, 24, 18)::INT) AS p_comment
    FROM (SELECT id AS p_partkey, 1 + pick(id, 15, 5) AS m, ${list(COLORS)} AS c, pick(id, 25, ${PHRASE_COUNT}) AS p_id
      FROM range(${first}, ${last + 1}) AS t(id)) JOIN phrase AS p ON p.phrase_id = p_id ORDER BY p_partkey`;
}

/** The four offers of every part with a key from `first` up to `last`. */
export function partsuppRange(first: number, last: number, sizes: TpchSizes): string {
  return `SELECT part AS ps_partkey, offering_supplier(part, i, ${sizes.suppliers}) AS ps_suppkey,
    (1 + pick(part * 4 + i, 30, 9999))::INTEGER AS ps_availqty, money(part * 4 + i, 31, 100, 100000) AS ps_supplycost,
    rtrim(p.text || q.text) AS ps_comment
    FROM (SELECT id // 4 AS part, id % 4 AS i, pick(id, 32, ${PHRASE_COUNT}) AS p_id, pick(id, 33, ${PHRASE_COUNT}) AS q_id
      FROM range(${first * 4}, ${(last + 1) * 4}) AS t(id))
    JOIN phrase AS p ON p.phrase_id = p_id JOIN phrase AS q ON q.phrase_id = q_id ORDER BY part, i`;
}

/** Customers with keys from `first` up to `last`. */
export function customerRange(first: number, last: number): string {
  return `SELECT c_custkey, format('Customer#{:09d}', c_custkey) AS c_name, address(c_custkey + 1000000000) AS c_address, c_nationkey,
    phone(c_custkey, c_nationkey) AS c_phone, money(c_custkey, 41, -99999, 999999) AS c_acctbal,
    ${pickFrom(SEGMENTS, 'c_custkey', 42)} AS c_mktsegment, rtrim(p.text || q.text) AS c_comment
    FROM (SELECT id AS c_custkey, pick(id, 40, 25) AS c_nationkey, pick(id, 43, ${PHRASE_COUNT}) AS p_id,
      pick(id, 44, ${PHRASE_COUNT}) AS q_id FROM range(${first}, ${last + 1}) AS t(id))
    JOIN phrase AS p ON p.phrase_id = p_id JOIN phrase AS q ON q.phrase_id = q_id ORDER BY c_custkey`;
}

/** Makes the temporary table `line` with the line items of the orders numbered `first` up to `last` (from 0). */
export function linesOfOrders(first: number, last: number, sizes: TpchSizes): string {
  // One order in 3,000 is a bulk order of seven full lines: query 18 finds some at every scale.
  return `CREATE OR REPLACE TEMP TABLE line AS
    SELECT *, o_orderdate + (1 + pick(k, 57, 121))::INT AS l_shipdate, o_orderdate + (30 + pick(k, 58, 61))::INT AS l_commitdate,
      l_shipdate + (1 + pick(k, 59, 30))::INT AS l_receiptdate,
      (l_quantity * retail_price(l_partkey))::DECIMAL(15, 2) AS l_extendedprice,
      offering_supplier(l_partkey, pick(k, 54, 4), ${sizes.suppliers}) AS l_suppkey
    FROM (
      SELECT n, n * 8 + i AS k, (i + 1)::INTEGER AS l_linenumber, order_key(n) AS l_orderkey, ${orderDate('n')} AS o_orderdate,
        1 + pick(n * 8 + i, 53, ${sizes.parts}) AS l_partkey,
        (CASE WHEN n % 3000 = 77 THEN 44 + pick(n * 8 + i, 55, 7) ELSE 1 + pick(n * 8 + i, 55, 50) END)::DECIMAL(15, 2) AS l_quantity,
        (pick(n * 8 + i, 56, 11) / 100.0)::DECIMAL(15, 2) AS l_discount, (pick(n * 8 + i, 60, 9) / 100.0)::DECIMAL(15, 2) AS l_tax
      FROM range(${first}, ${last + 1}) AS orders(n), range(0, 7) AS lines(i)
      WHERE i < CASE WHEN n % 3000 = 77 THEN 7 ELSE 1 + pick(n, 52, 7) END)`;
}

/** The line items in `line`, as the table's columns. */
export function lineitemQuery(): string {
  return `SELECT l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity, l_extendedprice, l_discount, l_tax,
    CASE WHEN l_receiptdate > DATE '1995-06-17' THEN 'N' WHEN pick(k, 61, 2) = 0 THEN 'R' ELSE 'A' END AS l_returnflag,
    CASE WHEN l_shipdate > DATE '1995-06-17' THEN 'O' ELSE 'F' END AS l_linestatus, l_shipdate, l_commitdate, l_receiptdate,
    ${pickFrom(INSTRUCTIONS, 'k', 62)} AS l_shipinstruct, ${pickFrom(MODES, 'k', 63)} AS l_shipmode,
    substr(p.text, 1, 10 + pick(k, 64, 34)::INT) AS l_comment
    FROM line JOIN phrase AS p ON p.phrase_id = pick(k, 65, ${PHRASE_COUNT}) ORDER BY n, l_linenumber`;
}

/** The orders whose line items are in `line`. A third of the customers (keys divisible by three) never order. */
export function ordersQuery(sizes: TpchSizes): string {
  const orderingCustomers = sizes.customers - Math.floor(sizes.customers / 3);
  return `SELECT o_orderkey, c + (c - 1) // 2 AS o_custkey, o_orderstatus, o_totalprice, o_orderdate,
    ${pickFrom(PRIORITIES, 'n', 70)} AS o_orderpriority, format('Clerk#{:09d}', 1 + pick(n, 71, ${sizes.clerks})) AS o_clerk,
    0::INTEGER AS o_shippriority, rtrim(p.text || substr(q.text, 1, pick(n, 74, 36)::INT)) AS o_comment
    FROM (SELECT n, any_value(l_orderkey) AS o_orderkey, any_value(o_orderdate) AS o_orderdate, 1 + pick(n, 51, ${orderingCustomers}) AS c,
        CASE WHEN bool_and(l_shipdate > DATE '1995-06-17') THEN 'O' WHEN bool_or(l_shipdate > DATE '1995-06-17') THEN 'P' ELSE 'F' END AS o_orderstatus,
        sum(l_extendedprice * (1 + l_tax) * (1 - l_discount))::DECIMAL(15, 2) AS o_totalprice
      FROM line GROUP BY n)
    JOIN phrase AS p ON p.phrase_id = pick(n, 72, ${PHRASE_COUNT}) JOIN phrase AS q ON q.phrase_id = pick(n, 73, ${PHRASE_COUNT}) ORDER BY n`;
}

/** 1992-01-01 up to 151 days before the end of 1998, so that the last receipt is still in 1998. */
function orderDate(key: string): string {
  return `(DATE '1992-01-01' + pick(${key}, 50, 2406)::INT)`;
}

function pickFrom(values: readonly string[], key: string, salt: number): string {
  assert(values.length > 0);
  return `${list(values)}[1 + pick(${key}, ${salt}, ${values.length})]`;
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')}]`;
}
