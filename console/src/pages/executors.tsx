import type { JSX } from 'preact';
import type { ExecutorJson, Executors } from '../api.ts';
import { bytesText, countText, timeText } from '../format.ts';
import { Empty, Failure, Figure, State } from '../parts/basics.tsx';
import type { RowColumn } from '../parts/row-list.tsx';
import { RowList } from '../parts/row-list.tsx';
import { href } from '../route.ts';
import { useAsked } from '../use-asked.ts';

const LOOK_MS = 2000;

const COLUMNS: readonly RowColumn<ExecutorJson>[] = [
  { name: 'Executor', width: 'minmax(9rem, 1fr)', cell: (executor) => executor.id },
  { name: 'Host', width: '9rem', cell: (executor) => `${executor.host} (${executor.processId})` },
  { name: 'State', width: '7rem', cell: (executor) => <State state={executor.state} /> },
  { name: 'Load', width: '9rem', cell: (executor) => <Load part={executor.running} whole={executor.places} /> },
  { name: 'Threads', width: '5rem', wide: true, isNumber: true, cell: (executor) => `${executor.threads} of ${executor.cores}` },
  { name: 'Memory', width: '6rem', wide: true, isNumber: true, cell: (executor) => bytesText(executor.memoryBytes) },
  { name: 'Release', width: '9rem', wide: true, cell: (executor) => `${executor.release}, DuckDB ${executor.duckdbVersion}` },
  { name: 'Labels', width: '8rem', wide: true, cell: (executor) => executor.labels.join(', ') },
  { name: 'Since', width: '8rem', wide: true, cell: (executor) => timeText(executor.startedMs) },
];

function Load({ part, whole }: { readonly part: number; readonly whole: number }): JSX.Element {
  return (
    <span class="load">
      <meter min={0} max={Math.max(1, whole)} value={part} aria-label={`${part} of ${whole} places`} /> {part}/{whole}
    </span>
  );
}

/** What runs the tasks. */
export function ExecutorsPage(): JSX.Element {
  const { body, failure } = useAsked<Executors>('/api/executors', LOOK_MS);
  return (
    <section>
      <h1>Executors</h1>
      {failure === null ? null : <Failure failure={failure} />}
      {body === null ? <Empty>Asking …</Empty> : null}
      {body?.local === null || body === null ? null : <LocalProcesses local={body.local} />}
      {body !== null && body.local === null ? <Cluster executors={body.cluster} /> : null}
    </section>
  );
}

function Cluster({ executors }: { readonly executors: readonly ExecutorJson[] }): JSX.Element {
  const sum = (of: (executor: ExecutorJson) => number): number => executors.reduce((total, executor) => total + of(executor), 0);
  return (
    <>
      <dl class="figures">
        <Figure name="Executors">{countText(executors.length)}</Figure>
        <Figure name="Draining">{countText(executors.filter(({ state }) => state === 'draining').length)}</Figure>
        <Figure name="Tasks running">{`${countText(sum(({ running }) => running))} of ${countText(sum(({ places }) => places))}`}</Figure>
        <Figure name="Threads">{countText(sum(({ threads }) => threads))}</Figure>
        <Figure name="Memory">{bytesText(sum(({ memoryBytes }) => memoryBytes))}</Figure>
      </dl>
      {executors.length === 0 ? (
        <Empty>The cluster has no executor. Start one with: sluice executor --redis URL --data DIR</Empty>
      ) : (
        <RowList label="Executors of the cluster" columns={COLUMNS} rows={executors} keyOf={({ id }) => id} />
      )}
    </>
  );
}

function LocalProcesses({ local }: { readonly local: NonNullable<Executors['local']> }): JSX.Element {
  return (
    <>
      <p class="soft">Queries run in processes of this machine. With --redis they run in the executors of a cluster.</p>
      <dl class="figures">
        <Figure name="Busy">{local.leased}</Figure>
        <Figure name="Idle">{local.idle}</Figure>
        <Figure name="Starting">{local.starting}</Figure>
        <Figure name="Statements waiting">{local.waiting}</Figure>
        <Figure name="Memory">{bytesText(local.processes.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0))}</Figure>
      </dl>
      <div class="scroll" tabIndex={0} role="group" aria-label="Executor processes">
        <table>
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Memory</th>
              <th scope="col">Runs</th>
            </tr>
          </thead>
          <tbody>
            {local.processes.map(({ processId, memoryBytes, task }) => (
              <tr key={processId}>
                <td>{processId}</td>
                <td class="number">{bytesText(memoryBytes)}</td>
                <td>{task === null ? '–' : <a href={href('queries', task.split('.')[0] ?? '')}>{task}</a>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
