import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { QueryFailure, QuerySummary } from '../api.ts';
import { ApiFailure, ask, runSql } from '../api.ts';
import { countText, durationText } from '../format.ts';
import { queries } from '../live.ts';
import { Empty, Failure } from '../parts/basics.tsx';
import type { ResultTable } from '../parts/chart.tsx';
import { Chart } from '../parts/chart.tsx';
import { RowList } from '../parts/row-list.tsx';
import { href } from '../route.ts';
import { Store, useStore } from '../store.ts';

/** What has come of the text that was run last; it stays while other pages are looked at. */
interface Run {
  readonly running: boolean;
  readonly id: string | null;
  /** Of the last statement that gave rows. */
  readonly result: ResultTable | null;
  readonly ends: readonly string[];
  readonly notices: readonly string[];
  readonly failure: QueryFailure | null;
}

const NOTHING: Run = { running: false, id: null, result: null, ends: [], notices: [], failure: null };

const run = new Store<Run>(NOTHING);
const text = new Store<string>('SELECT origin, count(*) AS flights, avg(delay) AS delay\nFROM flights\nGROUP BY origin\nORDER BY flights DESC\nLIMIT 20');
let abort: AbortController | null = null;

function failureOf(error: unknown, isCanceled: boolean): QueryFailure {
  if (isCanceled) {
    return { sqlstate: '57014', message: 'canceling statement due to user request' };
  }
  return error instanceof ApiFailure ? error.failure : { sqlstate: '', message: 'the connection broke off' };
}

async function start(sql: string): Promise<void> {
  abort?.abort();
  const own = new AbortController();
  abort = own;
  run.set({ ...NOTHING, running: true });
  try {
    for await (const event of runSql(sql, own.signal)) {
      const now = run.value;
      switch (event.kind) {
        case 'query':
          run.set({ ...now, id: event.id });
          break;
        case 'columns':
          run.set({ ...now, result: { columns: event.columns, rows: [] } });
          break;
        case 'rows':
          run.set({ ...now, result: { columns: now.result?.columns ?? [], rows: [...(now.result?.rows ?? []), ...event.rows] } });
          break;
        case 'notice':
          run.set({ ...now, notices: [...now.notices, `${event.severity}: ${event.message}`] });
          break;
        case 'end':
          run.set({ ...now, ends: [...now.ends, `${event.tag} in ${durationText(event.elapsedMs)}${event.cut ? '; there are more rows' : ''}`] });
          break;
        case 'error':
          run.set({ ...now, failure: event.error });
          break;
      }
    }
  } catch (error) {
    // Of a run that another one has taken the place of nothing is told.
    if (abort === own) {
      run.set({ ...run.value, failure: failureOf(error, own.signal.aborted) });
    }
  }
  if (abort === own) {
    run.set({ ...run.value, running: false });
  }
}

/** Runs SQL and shows its rows as a table and a chart. */
export function SqlPage({ given }: { readonly given: string | undefined }): JSX.Element {
  const now = useStore(run);
  const sql = useStore(text);
  const [view, setView] = useState<'table' | 'chart'>('table');
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (given !== undefined) {
      text.set(given);
      location.replace(href('sql'));
      void start(given);
    }
  }, [given]);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void start(text.value);
    }
  };
  const cancel = (): void => {
    if (now.id === null) {
      abort?.abort();
    } else {
      ask(`/api/queries/${encodeURIComponent(now.id)}/cancel`, {}).catch(() => abort?.abort());
    }
  };
  const query = useStore(queries).get(now.id ?? '');
  return (
    <section>
      <h1>SQL</h1>
      <label for="sql-text" class="hidden">
        Statements
      </label>
      <textarea id="sql-text" ref={area} rows={8} spellcheck={false} value={sql} onInput={(event) => text.set(event.currentTarget.value)} onKeyDown={onKey} />
      <div class="bar">
        <button type="button" class="primary" disabled={now.running} onClick={() => void start(sql)}>
          Run
        </button>
        {now.running ? (
          <button type="button" class="danger" onClick={cancel}>
            Cancel
          </button>
        ) : null}
        <span class="soft grow">Ctrl+Enter runs. Every run is a session of its own.</span>
        {now.id === null ? null : <a href={href('queries', now.id)}>Its plan and tasks</a>}
      </div>
      {now.running ? <Progress query={query} /> : null}
      <div aria-live="polite">
        {now.notices.map((notice) => (
          <p class="notice" key={notice}>
            {notice}
          </p>
        ))}
        {now.failure === null ? null : <Failure failure={now.failure} />}
        {now.ends.length === 0 ? null : <p class="soft">{now.ends.join(' · ')}</p>}
      </div>
      {now.result === null ? null : (
        <>
          <div class="bar" role="group" aria-label="View">
            {(['table', 'chart'] as const).map((each) => (
              <button type="button" key={each} aria-pressed={view === each} onClick={() => setView(each)}>
                {each === 'table' ? 'Table' : 'Chart'}
              </button>
            ))}
            <span class="soft">{countText(now.result.rows.length)} rows</span>
          </div>
          {view === 'chart' ? <Chart {...now.result} /> : <ResultRows {...now.result} />}
        </>
      )}
    </section>
  );
}

function Progress({ query }: { readonly query: QuerySummary | undefined }): JSX.Element {
  const isKnown = query !== undefined && query.plannedCount > 1;
  return (
    <p>
      {isKnown ? <progress max={query.plannedCount} value={query.doneCount} aria-label="Tasks done" /> : <progress aria-label="Running" />}{' '}
      {isKnown ? `${query.doneCount} of ${query.plannedCount} tasks` : 'running'}
    </p>
  );
}

function ResultRows({ columns, rows }: ResultTable): JSX.Element {
  if (columns.length === 0) {
    return <Empty>No columns.</Empty>;
  }
  return (
    <RowList
      label="Result"
      columns={columns.map((column, index) => ({
        name: column.name,
        width: 'minmax(6rem, 1fr)',
        isNumber: column.isNumber,
        cell: (row: readonly (string | null)[]) => (row[index] === null ? <i class="soft">NULL</i> : <span title={row[index] ?? ''}>{row[index]}</span>),
      }))}
      rows={rows}
      keyOf={(_, index) => String(index)}
      rowHeight={28}
      heightMax="55vh"
    />
  );
}
