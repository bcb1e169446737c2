import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { QueryDetail, StageSummaryJson, TaskDetail, TaskJson, TaskList } from '../api.ts';
import { ApiFailure, ask } from '../api.ts';
import { bytesText, countText, durationText, skewOf, timeText } from '../format.ts';
import { queries } from '../live.ts';
import { Empty, Failure, Figure, Sql, State } from '../parts/basics.tsx';
import type { RowColumn } from '../parts/row-list.tsx';
import { RowList } from '../parts/row-list.tsx';
import { SKEW_TOLD, StageGraph } from '../parts/stage-graph.tsx';
import { isSame, TaskTimeline } from '../parts/task-timeline.tsx';
import { useStore } from '../store.ts';
import { useAsked } from '../use-asked.ts';
import { Elapsed } from './queries.tsx';

/** Between two looks at a query that changes. */
const LOOK_MS = 1000;

/** One query: its statement, stages, tasks. */
export function QueryPage({ id }: { readonly id: string }): JSX.Element {
  const { body: detail, failure, again } = useAsked<QueryDetail>(`/api/queries/${encodeURIComponent(id)}`);
  const { tasks, more } = useTasks(id);
  const [stage, setStage] = useState<number | null>(null);
  const [task, setTask] = useState<TaskJson | null>(null);
  const [refused, setRefused] = useState<ApiFailure | null>(null);
  const version = useStore(queries).get(id)?.version;
  const looking = useRef(false);

  // The events say that something changed; then it is asked for, at most once in LOOK_MS.
  useEffect(() => {
    if (version === undefined || looking.current) {
      return;
    }
    looking.current = true;
    setTimeout(() => {
      looking.current = false;
      again();
      more();
    }, LOOK_MS);
  }, [version]);

  if (failure !== null) {
    return (
      <section>
        <h1>Query {id}</h1>
        <Failure failure={failure} />
      </section>
    );
  }
  if (detail === null) {
    return <Empty>Asking …</Empty>;
  }
  const { query, stages, mayCancel } = detail;
  const cancel = (): void => {
    ask(`/api/queries/${encodeURIComponent(id)}/cancel`, {}).then(again, (error: unknown) => setRefused(error instanceof ApiFailure ? error : null));
  };
  const shown = stages.find((each) => each.stage === stage);
  return (
    <section>
      <div class="bar">
        <h1>Query</h1>
        <State state={query.state} />
        <code class="grow soft">{query.id}</code>
        {query.state === 'running' ? (
          <button type="button" class="danger" disabled={!mayCancel} onClick={cancel}>
            Cancel
          </button>
        ) : null}
      </div>
      {refused === null ? null : <Failure failure={refused} />}
      {query.error === null ? null : <Failure failure={query.error} />}
      <dl class="figures">
        <Figure name="Elapsed">
          <Elapsed query={query} />
        </Figure>
        <Figure name="Rows">{countText(query.rowCount)}</Figure>
        <Figure name="Bytes">{bytesText(query.byteCount)}</Figure>
        <Figure name="Peak memory of a task">{bytesText(query.peakMemoryBytes)}</Figure>
        <Figure name="Tasks">{query.state === 'running' ? `${query.doneCount} of ${query.plannedCount}` : countText(query.taskCount)}</Figure>
        <Figure name="User">{query.user}</Figure>
        <Figure name="Client">{[query.application, query.client].filter((each) => each !== '').join(', ') || '–'}</Figure>
        <Figure name="Started">{timeText(query.startedMs)}</Figure>
        <Figure name="Tag">{query.tag ?? '–'}</Figure>
      </dl>
      <Sql text={query.sql} label="Statement" />
      {stages.length === 0 ? (
        <Empty>It needed no executor.</Empty>
      ) : (
        <>
          <h2>Stages</h2>
          <StageGraph stages={stages} selected={stage} onSelect={(number) => setStage(number === stage ? null : number)} />
          <StageTable stages={stages} selected={stage} onSelect={setStage} />
          {shown === undefined ? null : <StagePart stage={shown} />}
          <h2>Tasks</h2>
          {query.hasAllTasks ? null : <p class="soft">Not all tasks of this query are kept any more; the stages' figures are complete.</p>}
          <TaskTimeline tasks={tasks} startedMs={query.startedMs} endedMs={query.endedMs} selected={task} onSelect={setTask} />
          {task === null ? null : <TaskPart id={id} task={task} />}
          <TaskTable tasks={stage === null ? tasks : tasks.filter((each) => each.stage === stage)} selected={task} onSelect={setTask} />
        </>
      )}
    </section>
  );
}

/** The tasks of a query; `more` asks for those that changed. */
function useTasks(id: string): { readonly tasks: readonly TaskJson[]; readonly more: () => void } {
  const [tasks, setTasks] = useState<readonly TaskJson[]>([]);
  const known = useRef({ id: '', version: -1, byName: new Map<string, TaskJson>() });
  const more = async (): Promise<void> => {
    try {
      const list = await ask<TaskList>(`/api/queries/${encodeURIComponent(id)}/tasks?since=${known.current.version}`);
      if (known.current.id === id) {
        list.tasks.forEach((task) => known.current.byName.set(`${task.stage}.${task.task}.${task.attempt}`, task));
        known.current.version = list.version;
        setTasks([...known.current.byName.values()]);
      }
    } catch {
      // The query itself is asked for, too: what fails is said there.
    }
  };
  useEffect(() => {
    known.current = { id, version: -1, byName: new Map() };
    setTasks([]);
    void more();
  }, [id]);
  return { tasks, more: () => void more() };
}

interface StageTableProps {
  readonly stages: readonly StageSummaryJson[];
  readonly selected: number | null;
  readonly onSelect: (stage: number) => void;
}

function StageTable({ stages, selected, onSelect }: StageTableProps): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Stages as a table">
      <table>
        <thead>
          <tr>
            {['Stage', 'Does', 'State', 'Tasks', 'Retried', 'Time', 'Rows', 'Bytes', 'Task time', 'Skew', 'Task memory'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stages.map((stage) => {
            const skew = skewOf(stage.taskMs);
            return (
              <tr key={stage.stage} class={selected === stage.stage ? 'selected' : ''}>
                <td>
                  <button type="button" class="link" onClick={() => onSelect(stage.stage)}>
                    {stage.stage}
                  </button>
                </td>
                <td>{stage.description}</td>
                <td>
                  <State state={stage.state} />
                </td>
                <td class="number">{`${stage.doneCount}/${stage.taskCount ?? '?'}`}</td>
                <td class="number">{stage.retryCount}</td>
                <td class="number">{stage.startedMs === null ? '–' : durationText((stage.endedMs ?? Date.now()) - stage.startedMs)}</td>
                <td class="number">{countText(stage.rowCount)}</td>
                <td class="number">{bytesText(stage.byteCount)}</td>
                <td class="number">{stage.taskMs === null ? '–' : `${durationText(stage.taskMs.median)}, at most ${durationText(stage.taskMs.max)}`}</td>
                <td class={`number${skew !== null && skew >= SKEW_TOLD ? ' warning' : ''}`}>{skew === null ? '–' : skew.toFixed(1)}</td>
                <td class="number">{stage.taskMemory === null ? '–' : bytesText(stage.taskMemory.max)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function StagePart({ stage }: { readonly stage: StageSummaryJson }): JSX.Element {
  const spread = stage.partitionRows;
  return (
    <div class="part">
      <h3>Stage {stage.stage}</h3>
      <p>
        Reads {stage.reads.length === 0 ? 'files' : `stage ${stage.reads.join(', ')}`}; its rows go to {stage.output}.
        {spread === null ? '' : ` Partitions have ${countText(spread.min)} to ${countText(spread.max)} rows, ${countText(spread.median)} in the middle.`}
      </p>
      <Sql text={stage.sql} label={`Fragment of stage ${stage.stage}`} />
    </div>
  );
}

function TaskPart({ id, task }: { readonly id: string; readonly task: TaskJson }): JSX.Element {
  const { body, failure } = useAsked<TaskDetail>(`/api/queries/${encodeURIComponent(id)}/tasks/${task.stage}/${task.task}/${task.attempt}`);
  return (
    <div class="part">
      <h3>
        Task {task.task} of stage {task.stage}
        {task.attempt === 1 ? '' : `, attempt ${task.attempt}`}
      </h3>
      {failure === null ? null : <Failure failure={failure} />}
      {body?.task.error === null || body === null ? null : <Failure failure={body.task.error} />}
      {body === null ? null : body.task.sql === null ? <p class="soft">Its SQL is not kept.</p> : <Sql text={body.task.sql} label={`SQL of ${body.name}`} />}
    </div>
  );
}

interface TaskTableProps {
  readonly tasks: readonly TaskJson[];
  readonly selected: TaskJson | null;
  readonly onSelect: (task: TaskJson) => void;
}

function took(task: TaskJson): number {
  return (task.endedMs ?? Date.now()) - (task.startedMs ?? task.queuedMs);
}

function TaskTable({ tasks, selected, onSelect }: TaskTableProps): JSX.Element {
  const [order, setOrder] = useState<'place' | 'longest' | 'rows'>('place');
  const sorted = useMemo(() => {
    switch (order) {
      case 'place':
        return tasks.toSorted((a, b) => a.stage - b.stage || a.task - b.task || a.attempt - b.attempt);
      case 'longest':
        return tasks.toSorted((a, b) => took(b) - took(a));
      case 'rows':
        return tasks.toSorted((a, b) => b.rowCount - a.rowCount);
    }
  }, [tasks, order]);
  const columns: readonly RowColumn<TaskJson>[] = [
    {
      name: 'Task',
      width: '6rem',
      cell: (task) => (
        <button type="button" class="link" onClick={() => onSelect(task)} aria-pressed={isSame(task, selected)}>
          {`${task.stage}.${task.task}${task.attempt === 1 ? '' : ` (${task.attempt})`}`}
        </button>
      ),
    },
    { name: 'State', width: '6.5rem', cell: (task) => <State state={task.state} /> },
    { name: 'Executor', width: 'minmax(7rem, 1fr)', wide: true, cell: (task) => task.executor ?? '–' },
    { name: 'Waited', width: '6rem', wide: true, isNumber: true, cell: (task) => durationText((task.startedMs ?? Date.now()) - task.queuedMs) },
    { name: 'Took', width: '6rem', isNumber: true, cell: (task) => durationText(took(task)) },
    { name: 'Rows', width: '8rem', isNumber: true, cell: (task) => countText(task.rowCount) },
    { name: 'Bytes', width: '6rem', wide: true, isNumber: true, cell: (task) => bytesText(task.byteCount) },
    { name: 'Memory', width: '6rem', wide: true, isNumber: true, cell: (task) => bytesText(task.peakMemoryBytes) },
  ];
  return (
    <>
      <div class="bar">
        <label class="inline">
          Order{' '}
          <select value={order} onChange={({ currentTarget: { value } }) => setOrder(value === 'longest' || value === 'rows' ? value : 'place')}>
            <option value="place">stage and task</option>
            <option value="longest">longest first</option>
            <option value="rows">most rows first</option>
          </select>
        </label>
      </div>
      {sorted.length === 0 ? (
        <Empty>No task is kept.</Empty>
      ) : (
        <RowList
          label="Tasks"
          columns={columns}
          rows={sorted}
          keyOf={(task) => `${task.stage}.${task.task}.${task.attempt}`}
          rowClass={(task) => (isSame(task, selected) ? 'selected' : '')}
          rowHeight={30}
          heightMax="50vh"
        />
      )}
    </>
  );
}
