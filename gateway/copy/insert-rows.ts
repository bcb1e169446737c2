import { parseStatements } from '../../planner/parse/parser.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { quoteName, quoteText } from '../../planner/types/data-type.js';
import { OID, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { columnsToFill } from '../statements/insert-with-sequences.js';
import { prepareInsert } from '../statements/insert.js';
import { withTarget } from '../statements/target-environment.js';
import { decodeSql } from './normal-form.js';
import { plainValueSql } from './plain-values.js';
import type { ReceivedRows } from './received-file.js';
import { receivedColumn, receivedSql } from './received-file.js';
import type { CopyIn } from './receiver.js';
import { storedValueSql } from './stored-values.js';
import { encodedNull } from './text-records.js';

/** A schema for the received rows alone: no name a client would write. */
const SOURCE_SCHEMA = '\u0001copy';

/** Adds received rows to the table as INSERT ... SELECT would, all or none; gives their number. */
export async function insertRows(copy: CopyIn, rows: ReceivedRows, values: 'as sent' | 'stored'): Promise<number> {
  const { session, signal } = copy;
  const source: Relation = {
    schema: SOURCE_SCHEMA,
    name: copy.table,
    columns: copy.columns.map(sourceColumn),
    source: { kind: 'system', duckdbName: values === 'stored' ? storedSql(copy, rows) : sentSql(copy, rows) },
  };
  const fill = await columnsToFill(session, { schema: copy.schema, name: copy.table }, copy.columns);
  const insert = await prepareInsert(session, insertStatement(copy), [], fill, (environment) => withTarget(environment, SOURCE_SCHEMA, source));
  const result = await insert.run({ parameters: [], resultFormats: [], signal });
  if (result.kind !== 'command') {
    throw new Error('an INSERT gave rows');
  }
  return Number(result.tag.replace('INSERT 0 ', ''));
}

/** Texts are assigned, so that one too long is an error and not cut. */
function sourceColumn(column: Column): Column {
  const type = column.postgres ?? postgresTypeOf(column.type);
  const isBounded = type.oid === OID.varchar || type.oid === OID.bpchar;
  return { name: column.name, type: column.type, postgres: isBounded ? { oid: OID.text, modifier: -1 } : type };
}

function insertStatement({ statement, schema, table, columns, where }: CopyIn): ParsedStatement {
  const target = schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`;
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const from = `${quoteName(SOURCE_SCHEMA)}.${quoteName(table)} AS ${quoteName(table)}`;
  const [insert] = parseStatements(`INSERT INTO ${target} (${names}) SELECT ${names} FROM ${from}`);
  const node = insert?.node;
  if (insert === undefined || node === null || node === undefined || !('InsertStmt' in node)) {
    throw new Error('an INSERT was read as something else');
  }
  const select = node.InsertStmt.selectStmt;
  if (where === null || select === undefined || !('SelectStmt' in select)) {
    return insert;
  }
  const filtered = { SelectStmt: { ...select.SelectStmt, whereClause: where } };
  // Places in WHERE are those of the COPY.
  return { ...insert, source: statement.source, node: { InsertStmt: { ...node.InsertStmt, selectStmt: filtered } } };
}

function sentSql(copy: CopyIn, rows: ReceivedRows): string {
  const { forms, format } = copy;
  const nullField = quoteText(encodedNull(format));
  const texts = forms.map((form, index) => {
    const field = receivedColumn(index);
    if (format.forceNotNull.includes(form.column.name)) {
      return `coalesce(${decodeSql(field, rows.delimiter)}, '') AS ${field}`;
    }
    const value = decodeSql(`nullif(${field}, ${nullField})`, rows.delimiter);
    return `${format.forceNull.includes(form.column.name) ? `nullif(${value}, ${quoteText(format.nullText)})` : value} AS ${field}`;
  });
  return `(SELECT ${outputs(copy, plainValueSql)} FROM (SELECT ${texts.join(', ')} FROM ${receivedSql(rows, forms.length)}))`;
}

function storedSql(copy: CopyIn, rows: ReceivedRows): string {
  const texts = copy.forms.map((_, index) => `${decodeSql(receivedColumn(index), rows.delimiter)} AS ${receivedColumn(index)}`);
  return `(SELECT ${outputs(copy, storedValueSql)} FROM (SELECT ${texts.join(', ')} FROM ${receivedSql(rows, copy.forms.length)}))`;
}

function outputs({ forms }: CopyIn, valueSql: (form: CopyIn['forms'][number], text: string) => string): string {
  return forms.map((form, index) => `${valueSql(form, receivedColumn(index))} AS ${quoteName(form.column.name)}`).join(', ');
}
