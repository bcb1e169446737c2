import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { QuerySummary } from '../api.ts';
import { bytesText, countText, durationText, oneLine, timeText } from '../format.ts';
import { queries } from '../live.ts';
import { Empty, Figure, State } from '../parts/basics.tsx';
import type { RowColumn } from '../parts/row-list.tsx';
import { RowList } from '../parts/row-list.tsx';
import { href } from '../route.ts';
import { useStore } from '../store.ts';

const COLUMNS: readonly RowColumn<QuerySummary>[] = [
  { name: 'State', width: '6.5rem', cell: (query) => <State state={query.state} /> },
  {
    name: 'Statement',
    width: 'minmax(9rem, 1fr)',
    cell: (query) => (
      <a href={href('queries', query.id)} title={query.sql}>
        {oneLine(query.sql) || '(empty)'}
      </a>
    ),
  },
  { name: 'User', width: '5.5rem', wide: true, cell: (query) => query.user },
  { name: 'Client', width: '6.5rem', wide: true, cell: (query) => query.application || query.client },
  { name: 'Started', width: '5rem', wide: true, cell: (query) => timeText(query.startedMs) },
  { name: 'Elapsed', width: '5rem', isNumber: true, cell: (query) => <Elapsed query={query} /> },
  {
    name: 'Tasks',
    width: '4rem',
    wide: true,
    isNumber: true,
    cell: (query) => (query.state === 'running' ? `${query.doneCount}/${query.plannedCount}` : countText(query.taskCount)),
  },
  { name: 'Rows', width: '6rem', wide: true, isNumber: true, cell: (query) => countText(query.rowCount) },
  { name: 'Bytes', width: '4.5rem', wide: true, isNumber: true, cell: (query) => bytesText(query.byteCount) },
  { name: 'Memory', width: '4.5rem', wide: true, isNumber: true, cell: (query) => bytesText(query.peakMemoryBytes) },
];

/** Time it took, or takes: that goes on by itself. */
export function Elapsed({ query }: { readonly query: Pick<QuerySummary, 'startedMs' | 'endedMs' | 'state'> }): JSX.Element {
  const [nowMs, setNow] = useState(Date.now());
  useEffect(() => {
    if (query.state !== 'running') {
      return undefined;
    }
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [query.state]);
  return <span>{durationText(Math.max(0, (query.endedMs ?? nowMs) - query.startedMs))}</span>;
}

const STATES = ['all', 'running', 'finished', 'failed', 'canceled'] as const;

/** The queries that run and those that ran. */
export function QueriesPage(): JSX.Element {
  const known = useStore(queries);
  const [state, setState] = useState<string>('all');
  const [words, setWords] = useState('');
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === '/' && !(event.target instanceof HTMLInputElement) && !(event.target instanceof HTMLTextAreaElement)) {
        event.preventDefault();
        search.current?.focus();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const all = useMemo(() => [...known.values()], [known]);
  const wanted = words.toLowerCase();
  const shown = all.filter(
    (query) =>
      (state === 'all' || query.state === state) &&
      (wanted === '' || `${query.sql}\n${query.user}\n${query.application}\n${query.id}`.toLowerCase().includes(wanted)),
  );
  const count = (of: string): number => all.filter((query) => query.state === of).length;
  return (
    <section>
      <h1>Queries</h1>
      <dl class="figures">
        <Figure name="Running">{countText(count('running'))}</Figure>
        <Figure name="Finished">{countText(count('finished'))}</Figure>
        <Figure name="Failed">{countText(count('failed'))}</Figure>
        <Figure name="Cancelled">{countText(count('canceled'))}</Figure>
      </dl>
      <div class="bar">
        <label class="inline">
          State{' '}
          <select value={state} onChange={(event) => setState(event.currentTarget.value)}>
            {STATES.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <label class="inline grow">
          Search{' '}
          <input
            ref={search}
            type="search"
            placeholder="statement, user, application ( / )"
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </label>
      </div>
      {shown.length === 0 ? (
        <Empty>
          {all.length === 0 ? 'No query has run yet. Statements that the gateway answers itself, like SELECT 1, are not kept.' : 'No query is like that.'}
        </Empty>
      ) : (
        <RowList label="Queries" columns={COLUMNS} rows={shown} keyOf={(query) => query.id} />
      )}
    </section>
  );
}
