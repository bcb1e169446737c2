import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Snapshots, TableDetail, TableList, TableSummary } from '../api.ts';
import { bytesText, countText, timeText } from '../format.ts';
import { Empty, Failure, Figure, Sql } from '../parts/basics.tsx';
import type { RowColumn } from '../parts/row-list.tsx';
import { RowList } from '../parts/row-list.tsx';
import { href } from '../route.ts';
import { useAsked } from '../use-asked.ts';

const COLUMNS: readonly RowColumn<TableSummary>[] = [
  { name: 'Name', width: 'minmax(10rem, 1fr)', cell: (table) => <a href={href('tables', table.schema, table.name)}>{`${table.schema}.${table.name}`}</a> },
  { name: 'Kind', width: '8rem', cell: (table) => (table.kind === 'table' ? (table.stored ? 'stored table' : 'files') : table.kind) },
  { name: 'Columns', width: '6rem', wide: true, isNumber: true, cell: (table) => countText(table.columnCount) },
  { name: 'Rows', width: '8rem', isNumber: true, cell: (table) => countText(table.rowCount) },
  { name: 'Size', width: '7rem', wide: true, isNumber: true, cell: (table) => bytesText(table.byteCount) },
  { name: 'Comment', width: 'minmax(6rem, 1fr)', wide: true, cell: (table) => table.comment ?? '' },
];

/** All tables, and the history of the stored ones. */
export function TablesPage(): JSX.Element {
  const { body, failure } = useAsked<TableList>('/api/tables');
  const { body: history } = useAsked<Snapshots>('/api/snapshots');
  const [words, setWords] = useState('');
  const tables = (body?.tables ?? []).filter((table) => `${table.schema}.${table.name}`.includes(words.toLowerCase()));
  return (
    <section>
      <h1>Tables</h1>
      {failure === null ? null : <Failure failure={failure} />}
      <div class="bar">
        <label class="inline grow">
          Search <input type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>
      </div>
      {body === null ? (
        <Empty>Asking …</Empty>
      ) : tables.length === 0 ? (
        <Empty>There is no such table.</Empty>
      ) : (
        <RowList label="Tables" columns={COLUMNS} rows={tables} keyOf={(table) => `${table.schema}.${table.name}`} heightMax="45vh" />
      )}
      <h2>Snapshots</h2>
      <p class="soft">Every change of the stored tables makes one. SELECT ... FROM t AT (VERSION =&gt; n) reads the past.</p>
      {(history?.snapshots ?? []).length === 0 ? (
        <Empty>Nothing was stored yet.</Empty>
      ) : (
        <RowList
          label="Snapshots"
          columns={[
            { name: 'Version', width: '6rem', isNumber: true, cell: ({ id }) => id },
            { name: 'Time', width: '11rem', cell: ({ timeMs }) => timeText(timeMs) },
            { name: 'Changes', width: 'minmax(10rem, 1fr)', cell: ({ changes }) => <span title={changes}>{changes}</span> },
          ]}
          rows={history?.snapshots ?? []}
          keyOf={({ id }) => String(id)}
          heightMax="35vh"
        />
      )}
    </section>
  );
}

/** One table: columns, partitions, files. */
export function TablePage({ schema, name }: { readonly schema: string; readonly name: string }): JSX.Element {
  const { body, failure } = useAsked<TableDetail>(`/api/tables/${encodeURIComponent(schema)}/${encodeURIComponent(name)}`);
  if (body === null) {
    return (
      <section>
        <h1>
          {schema}.{name}
        </h1>
        {failure === null ? <Empty>Asking …</Empty> : <Failure failure={failure} />}
      </section>
    );
  }
  const { table, columns, files, definition } = body;
  return (
    <section>
      <h1>
        {schema}.{name}
      </h1>
      <p>
        {table.kind === 'table' ? (table.stored ? 'Stored table.' : 'Files that are read where they lie.') : `${table.kind}.`} {table.comment}{' '}
        <a href={href('sql', `SELECT * FROM "${schema}"."${name}" LIMIT 100`)}>Look at its rows</a>
      </p>
      <dl class="figures">
        <Figure name="Rows">{countText(table.rowCount)}</Figure>
        <Figure name="Size">{bytesText(table.byteCount)}</Figure>
        <Figure name="Files">{files === null ? '–' : countText(files.count)}</Figure>
        <Figure name="Format">{files?.format ?? '–'}</Figure>
        <Figure name="Partitioned by">{files === null || files.partitionColumns.length === 0 ? '–' : files.partitionColumns.join(', ')}</Figure>
      </dl>
      {definition === null ? null : <Sql text={definition} label="Definition" />}
      <h2>Columns</h2>
      <div class="scroll" tabIndex={0} role="group" aria-label="Columns">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              <th scope="col">Null</th>
              <th scope="col">Comment</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.name}>
                <td>{column.name}</td>
                <td>{column.type}</td>
                <td>{column.notNull ? 'no' : 'yes'}</td>
                <td>{column.comment}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.kind === 'table' && files === null ? <Empty>Its files are shown to roles that may read it.</Empty> : null}
      {files === null ? null : <Files files={files} />}
    </section>
  );
}

function Files({ files }: { readonly files: NonNullable<TableDetail['files']> }): JSX.Element {
  const largest = Math.max(1, ...files.partitions.map(({ byteCount }) => byteCount));
  return (
    <>
      {files.partitions.length === 0 ? null : (
        <>
          <h2>Partitions</h2>
          <RowList
            label="Partitions"
            columns={[
              { name: 'Partition', width: 'minmax(8rem, 1fr)', cell: ({ values }) => values },
              { name: 'Files', width: '5rem', isNumber: true, cell: (partition) => countText(partition.files) },
              { name: 'Rows', width: '8rem', isNumber: true, cell: ({ rowCount }) => countText(rowCount) },
              { name: 'Size', width: '7rem', isNumber: true, cell: ({ byteCount }) => bytesText(byteCount) },
              {
                name: 'Share',
                width: '9rem',
                wide: true,
                cell: ({ byteCount, values }) => <meter min={0} max={largest} value={byteCount} aria-label={`Size of ${values}`} />,
              },
            ]}
            rows={files.partitions}
            keyOf={({ values }) => values}
            heightMax="40vh"
          />
        </>
      )}
      <h2>Files</h2>
      {files.count > files.shown.length ? (
        <p class="soft">
          The first {files.shown.length} of {countText(files.count)}.
        </p>
      ) : null}
      <RowList
        label="Files"
        columns={[
          { name: 'Path', width: 'minmax(10rem, 1fr)', cell: ({ path }) => <span title={path}>{path}</span> },
          { name: 'Rows', width: '8rem', isNumber: true, cell: ({ rowCount }) => countText(rowCount) },
          { name: 'Size', width: '7rem', isNumber: true, cell: ({ byteCount }) => bytesText(byteCount) },
        ]}
        rows={files.shown}
        keyOf={({ path }) => path}
        heightMax="45vh"
      />
    </>
  );
}
