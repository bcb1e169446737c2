import { createHash } from 'node:crypto';
import type { QueryFailure, QueryRecord, StageRecord, TaskRecord } from './records.js';
import { taskName } from './records.js';

/** Spans of tasks of one query; the stages' spans count all. */
const TASK_SPANS_MAX = 1000;

/** A value as OTLP's JSON has it; 64-bit integers are texts. */
type Value = { readonly stringValue: string } | { readonly intValue: string };

/** A span of OTLP's JSON form (opentelemetry-proto, trace/v1). */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server. */
  readonly kind: 1 | 2;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
  /** 2 is an error. */
  readonly status: { readonly code?: 2; readonly message?: string };
}

/** What a client says of its own span in a comment of the statement, as sqlcommenter does: traceparent='00-TRACE-SPAN-FLAGS'. */
const PARENT = /\/\*[^*]*traceparent='00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}'[^*]*\*\//;

/** A query that ended as spans: the query, below it its stages, below these the attempts of their tasks. */
export function querySpans(query: QueryRecord): readonly Span[] {
  const [, traceId = hex(query.id, 32), parentSpanId] = PARENT.exec(query.sql) ?? [];
  const root: Span = {
    ...span(traceId, query.id, query.sql.trim().split(/\s/)[0]?.toUpperCase() ?? 'query', query.startedMs, query.endedMs, query.error),
    kind: 2,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    attributes: attributes({
      'db.system.name': 'sluice',
      'db.namespace': query.database,
      'db.query.text': query.sql,
      'db.response.returned_rows': query.rowCount,
      'user.name': query.user,
      'client.address': query.client,
      'sluice.query': query.id,
      'sluice.bytes': query.byteCount,
      'sluice.tag': query.tag ?? '',
    }),
  };
  const started = query.stages.filter((stage) => stage.startedMs !== null);
  const tasks = started.flatMap((stage) => stage.tasks).slice(0, TASK_SPANS_MAX);
  return [root, ...started.map((stage) => stageSpan(root, query, stage)), ...tasks.map((task) => taskSpan(root, query, task))];
}

function stageSpan(root: Span, query: QueryRecord, stage: StageRecord): Span {
  return {
    ...span(
      root.traceId,
      stageName(query, stage.stage),
      `stage ${stage.stage}: ${stage.description}`,
      stage.startedMs ?? 0,
      stage.endedMs ?? query.endedMs,
      null,
    ),
    parentSpanId: root.spanId,
    attributes: attributes({
      'sluice.stage': stage.stage,
      'sluice.output': stage.output,
      'sluice.tasks': stage.taskCount ?? 0,
      'sluice.retries': stage.retryCount,
      'sluice.rows': stage.rowCount,
      'sluice.bytes': stage.byteCount,
    }),
  };
}

function taskSpan(root: Span, query: QueryRecord, task: TaskRecord): Span {
  return {
    ...span(
      root.traceId,
      taskName(query.id, task),
      `task ${task.stage}.${task.task}`,
      task.startedMs ?? task.queuedMs,
      task.endedMs ?? query.endedMs,
      task.error,
    ),
    parentSpanId: hex(stageName(query, task.stage), 16),
    attributes: attributes({
      'sluice.stage': task.stage,
      'sluice.task': task.task,
      'sluice.attempt': task.attempt,
      'sluice.state': task.state,
      'sluice.executor': task.executor ?? '',
      'sluice.waited_ms': (task.startedMs ?? task.queuedMs) - task.queuedMs,
      'sluice.rows': task.rowCount,
      'sluice.peak_memory_bytes': task.peakMemoryBytes ?? 0,
    }),
  };
}

function span(traceId: string, key: string, name: string, startMs: number, endMs: number | null, error: QueryFailure | null): Omit<Span, 'attributes'> {
  return {
    traceId,
    spanId: hex(key, 16),
    name,
    kind: 1,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${Math.max(startMs, endMs ?? startMs)}000000`,
    status: error === null ? {} : { code: 2, message: `${error.sqlstate}: ${error.message}` },
  };
}

function attributes(values: Readonly<Record<string, string | number>>): Span['attributes'] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(Math.round(value)) },
  }));
}

function stageName(query: QueryRecord, stage: number): string {
  return `${query.id}.${stage}`;
}

/** Digits that a name always has, and no other name but by chance. */
function hex(name: string, length: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, length);
}
