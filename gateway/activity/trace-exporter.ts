import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../session/services.js';
import { SLUICE_VERSION } from '../settings/definitions.js';
import type { QueryRecord } from './records.js';
import { querySpans } from './trace-spans.js';

/** How long queries wait for others before they are sent together. */
const BATCH_MS = 1000;

/** Queries that wait; beyond, the oldest are not sent: the collector does not keep up. */
const WAITING_MAX = 1000;

/** How long a collector may take to answer. */
const SEND_MS_MAX = 5000;

/** Sends queries that ended to an OpenTelemetry collector as traces, by OTLP over HTTP in JSON. What it does not take is lost. */
export class TraceExporter {
  readonly #url: string;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #waiting: QueryRecord[] = [];
  #sending: Promise<void> | null = null;
  #failed = false;

  /** `endpoint` is the collector's address, such as http://127.0.0.1:4318. */
  constructor(endpoint: string, log: Log) {
    this.#url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
    this.#log = log;
  }

  add(query: QueryRecord): void {
    this.#waiting.push(query);
    if (this.#waiting.length > WAITING_MAX) {
      this.#waiting.shift();
    }
    this.#sending ??= this.#sendLater();
  }

  /** Sends what waits. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#sending;
  }

  async #sendLater(): Promise<void> {
    await sleep(BATCH_MS, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    this.#sending = null;
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(traces(batch)),
        signal: AbortSignal.timeout(SEND_MS_MAX),
      });
      await answer.arrayBuffer();
      this.#tell(answer.ok ? null : `the collector answered ${answer.status}`);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    }
  }

  /** The first failure after a success is logged: a collector that is away would fill the log. */
  #tell(failure: string | null): void {
    if (failure !== null && !this.#failed) {
      this.#log('warn', { url: this.#url, error: failure }, 'traces cannot be sent');
    }
    this.#failed = failure !== null;
  }
}

function traces(queries: readonly QueryRecord[]): object {
  const resource = {
    attributes: [
      { key: 'service.name', value: { stringValue: 'sluice' } },
      { key: 'service.version', value: { stringValue: SLUICE_VERSION } },
    ],
  };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'sluice', version: SLUICE_VERSION }, spans: queries.flatMap(querySpans) }] }] };
}
