import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { DURATION_BUCKETS } from '../activity/activity.js';
import type { Services } from '../session/services.js';
import { SLUICE_VERSION } from '../settings/definitions.js';

/** The server's metrics in Prometheus's text form; what is counted is only read when somebody asks. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#add();
    new Gauge({ name: 'sluice_info', help: 'Release of the server.', labelNames: ['version'], registers }).set({ version: SLUICE_VERSION }, 1);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The metrics as of now. */
  async print(): Promise<string> {
    return `${await this.#registry.metrics()}${this.#durations()}`;
  }

  #add(): void {
    const { activity, sessions, pool, executors } = this.#services;
    const totals = (): ReturnType<typeof activity.totals> => activity.totals();
    this.#counter('sluice_queries_total', 'Statements that ended, by outcome.', ['outcome'], () => {
      const { finished, failed, canceled } = totals();
      return [
        [{ outcome: 'finished' }, finished],
        [{ outcome: 'failed' }, failed],
        [{ outcome: 'canceled' }, canceled],
      ];
    });
    this.#counter('sluice_rows_sent_total', 'Rows that executors made for clients.', [], () => [[{}, totals().rowCount]]);
    this.#counter('sluice_bytes_sent_total', 'Bytes of those rows on the wire.', [], () => [[{}, totals().byteCount]]);
    this.#counter('sluice_tasks_total', 'Attempts of tasks that ended, by outcome.', ['outcome'], () =>
      Object.entries(totals().tasks).map(([outcome, count]) => [{ outcome }, count] as const),
    );
    this.#gauge('sluice_queries_running', 'Statements that run now.', [], () => [[{}, activity.liveCount]]);
    this.#gauge('sluice_sessions', 'Sessions by state.', ['state'], () => {
      const counts = new Map<string, number>([
        ['idle', 0],
        ['active', 0],
      ]);
      for (const { state } of sessions.list()) {
        counts.set(state, (counts.get(state) ?? 0) + 1);
      }
      return [...counts].map(([state, count]) => [{ state }, count] as const);
    });
    this.#gauge('sluice_executor_processes', 'Executor processes of this machine, by state.', ['state'], () => {
      const status = pool.status();
      return status === null ? [] : (['idle', 'leased', 'starting'] as const).map((state) => [{ state }, status[state]] as const);
    });
    this.#gauge('sluice_statements_waiting', 'Statements that wait for an executor process of this machine.', [], () => [[{}, pool.status()?.waiting ?? 0]]);
    this.#gauge('sluice_cluster_executors', 'Executors of the cluster, by state.', ['state'], () =>
      (['ready', 'draining'] as const).map((state) => [{ state }, executors().filter((executor) => executor.state === state).length] as const),
    );
    this.#gauge('sluice_cluster_running_tasks', 'Tasks that the executors of the cluster run.', [], () => [
      [{}, executors().reduce((sum, executor) => sum + executor.runningCount, 0)],
    ]);
  }

  #counter(name: string, help: string, labelNames: readonly string[], read: () => Values): void {
    const counter = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        read().forEach(([labels, value]) => counter.inc({ ...labels }, value));
      },
    });
  }

  #gauge(name: string, help: string, labelNames: readonly string[], read: () => Values): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect: () => {
        gauge.reset();
        read().forEach(([labels, value]) => gauge.set({ ...labels }, value));
      },
    });
  }

  /** prom-client's histograms count for themselves; the registry of queries has counted already. */
  #durations(): string {
    const { durations, durationSeconds } = this.#services.activity.totals();
    const name = 'sluice_query_duration_seconds';
    let count = 0;
    const buckets = durations.map((inBucket, index) => {
      count += inBucket;
      return `${name}_bucket{le="${DURATION_BUCKETS[index] ?? '+Inf'}"} ${count}`;
    });
    return [
      `# HELP ${name} Duration of statements, their rows sent.`,
      `# TYPE ${name} histogram`,
      ...buckets,
      `${name}_sum ${durationSeconds}`,
      `${name}_count ${count}`,
      '',
    ].join('\n');
  }
}

type Values = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
