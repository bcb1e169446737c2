import { setTimeout as sleep } from 'node:timers/promises';
import type { ResultColumn, ResultStream } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { scalar } from '../../planner/types/data-type.js';
import { OID } from '../../planner/types/postgres-type.js';
import { FatalSqlError } from '../../gateway/protocol/protocol-error.js';
import type { ConnectionIdentity, ExecuteOptions, ExecutionResult, PreparedStatement, SessionBackend } from '../../gateway/session/backend.js';

const BATCH_ROW_COUNT = 100;

/** What all sessions over constants did, for tests to look at. */
export interface BackendCounters {
  rowsProduced: number;
  streamsOpened: number;
  streamsClosed: number;
  backendsClosed: number;
  implicitEnds: boolean[];
}

/** Counters at their start. */
export function newCounters(): BackendCounters {
  return {
    rowsProduced: 0,
    streamsOpened: 0,
    streamsClosed: 0,
    backendsClosed: 0,
    implicitEnds: [],
  };
}

/**
 * A session over constants with a language of its own, to test the order of messages and nothing else. Statements are
 * separated by `;`: `rows N [BYTES]`, `sleep`, `begin`, `commit`, `rollback`, `fail CODE`, `crash`, `die`, `notice TEXT`,
 * `set NAME VALUE`, `done` (a command), `echo $1 ...` (as many parameters as there are words).
 */
export class ConstantBackend implements SessionBackend {
  transactionStatus: 'I' | 'T' | 'E' = 'I';
  onParameterStatus: SessionBackend['onParameterStatus'] = null;
  onNotice: SessionBackend['onNotice'] = null;
  onDeallocate: ((name: string | null) => boolean) | null = null;
  readonly identity: ConnectionIdentity;
  readonly #counters: BackendCounters;

  constructor(identity: ConnectionIdentity, counters: BackendCounters) {
    this.identity = identity;
    this.#counters = counters;
  }

  startupParameters(): readonly (readonly [string, string])[] {
    return [
      ['server_version', '15.0'],
      ['TimeZone', 'UTC'],
    ];
  }

  parseSimple(text: string): Promise<readonly PreparedStatement[]> {
    const words = text.split(';').map((part) => part.trim());
    return Promise.resolve(words.filter((part) => part !== '').map((part) => this.#prepare(part)));
  }

  parse(text: string): Promise<PreparedStatement | null> {
    const part = text.trim().replace(/;$/, '');
    return Promise.resolve(part === '' ? null : this.#prepare(part));
  }

  async execute(statement: PreparedStatement, options: ExecuteOptions): Promise<ExecutionResult> {
    const [verb = '', first, ...rest] = statement.text.split(/\s+/);
    switch (verb) {
      case 'rows':
        return this.#rows(Number(first), Number(rest[0] ?? 1), options);
      case 'sleep':
        await sleep(60_000, undefined, { signal: options.signal });
        return command('SLEEP');
      case 'begin':
        this.transactionStatus = 'T';
        return command('BEGIN');
      case 'commit':
      case 'rollback':
        this.transactionStatus = 'I';
        return command(verb.toUpperCase());
      case 'fail':
        throw new SqlError(SQLSTATE.division_by_zero, 'failed as told', {
          detail: 'a detail',
          hint: 'a hint',
          position: 6,
          schema: 's',
          table: 't',
          column: 'c',
        });
      case 'crash':
        throw new TypeError('a secret of the implementation');
      case 'die':
        throw new FatalSqlError(SQLSTATE.crash_shutdown, 'gone as told');
      case 'notice':
        return {
          kind: 'command',
          tag: 'NOTICE',
          notices: [{ severity: 'WARNING', sqlstate: SQLSTATE.warning, message: first ?? '' }],
        };
      case 'set':
        this.onParameterStatus?.(first ?? '', rest[0] ?? '');
        return command('SET');
      case 'deallocate':
        this.onDeallocate?.(first === 'all' ? null : (first ?? ''));
        return command('DEALLOCATE');
      default:
        return command('DONE');
    }
  }

  endImplicitTransaction(failed: boolean): Promise<void> {
    this.#counters.implicitEnds.push(failed);
    return Promise.resolve();
  }

  statementFailed(): void {
    if (this.transactionStatus === 'T') {
      this.transactionStatus = 'E';
    }
  }

  close(): Promise<void> {
    this.#counters.backendsClosed += 1;
    return Promise.resolve();
  }

  #prepare(text: string): PreparedStatement {
    if (text.startsWith('syntax')) {
      throw new SqlError(SQLSTATE.syntax_error, 'syntax error at or near "syntax"', {
        position: 1,
      });
    }
    return {
      text,
      parameterTypes: text.startsWith('echo')
        ? text
            .split(/\s+/)
            .slice(1)
            .map(() => OID.text)
        : [],
      endsTransaction: text === 'commit' || text === 'rollback',
      describe: () => Promise.resolve(text.startsWith('rows') ? COLUMNS : null),
    };
  }

  #rows(rowCount: number, byteCount: number, { signal }: ExecuteOptions): ExecutionResult {
    const counters = this.#counters;
    counters.streamsOpened += 1;
    let left = rowCount;
    let isOpen = true;
    const stream: ResultStream = {
      columns: COLUMNS,
      next: () => {
        signal.throwIfAborted();
        if (left === 0) {
          return Promise.resolve(null);
        }
        const count = Math.min(left, BATCH_ROW_COUNT);
        left -= count;
        counters.rowsProduced += count;
        const row = dataRow('x'.repeat(byteCount));
        return Promise.resolve({
          bytes: Buffer.concat(Array<Buffer>(count).fill(row)),
          rowCount: count,
        });
      },
      close: () => {
        if (isOpen) {
          isOpen = false;
          counters.streamsClosed += 1;
        }
        return Promise.resolve();
      },
    };
    return { kind: 'rows', columns: COLUMNS, stream, tag: (sent) => `SELECT ${sent}`, notices: [] };
  }
}

function command(tag: string): ExecutionResult {
  return { kind: 'command', tag, notices: [] };
}

const COLUMNS: readonly ResultColumn[] = [
  {
    name: 'x',
    duckdbType: scalar('VARCHAR'),
    type: { oid: OID.text, modifier: -1 },
    format: 'text',
  },
];

function dataRow(value: string): Buffer {
  const message = Buffer.alloc(11 + value.length);
  message[0] = 0x44;
  message.writeInt32BE(10 + value.length, 1);
  message.writeInt16BE(1, 5);
  message.writeInt32BE(value.length, 7);
  message.write(value, 11);
  return message;
}
