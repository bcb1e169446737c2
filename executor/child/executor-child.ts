import duckdb from '@duckdb/node-bindings';
import { rmSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { mapDuckdbError } from '../errors/duckdb-error.js';
import { toWireError } from '../errors/wire-error.js';
import { Channel } from '../protocol/channel.js';
import { PROTOCOL_VERSION, isToExecutor } from '../protocol/messages.js';
import type { FromExecutor, InstanceOptions, ToExecutor } from '../protocol/messages.js';
import { runCollect } from './collect-task.js';
import { Database } from './database.js';
import { runDescribe } from './describe-task.js';
import { optimizersToAvoid } from './optimizer-faults.js';
import { Preludes } from './preludes.js';
import { runStream } from './stream-task.js';
import { TaskContext } from './task-context.js';

/** Serves the gateway at the other end of the stream until it closes; then the process ends. */
export function serveGateway(stream: Duplex): ExecutorChild {
  return new ExecutorChild(stream);
}

/**
 * The process's side of the task protocol.
 *
 *   waiting --configure--> opening --hello--> idle --task--> running --last message--> idle
 *                                               \__________________________________/
 *                                                 socket closed, in any state: exit
 */
export class ExecutorChild {
  readonly #channel: Channel<FromExecutor, ToExecutor>;
  readonly #preludes = new Preludes();
  #instance: InstanceOptions | null = null;
  #database: Database | null = null;
  #running: TaskContext | null = null;

  constructor(stream: Duplex) {
    this.#channel = new Channel<FromExecutor, ToExecutor>(stream, {
      accepts: isToExecutor,
      onMessage: (message) => this.#receive(message),
      onRows: () => this.#exit(),
      onClose: () => this.#exit(),
    });
  }

  #receive(message: ToExecutor): void {
    switch (message.kind) {
      case 'configure':
        void this.#configure(message.protocol, message.instance);
        return;
      case 'task':
        void this.#run(message);
        return;
      case 'cancel':
        if (this.#running?.task === message.task) {
          this.#running.cancel();
        }
        return;
      case 'resize':
        void this.#database?.resize(message.memoryBytes);
        return;
    }
  }

  async #configure(protocol: number, instance: InstanceOptions): Promise<void> {
    if (protocol !== PROTOCOL_VERSION) {
      this.#channel.send({
        kind: 'refused',
        reason: `this executor speaks protocol ${PROTOCOL_VERSION}, not ${protocol}`,
      });
      return;
    }
    preferToBeKilled();
    this.#instance = instance;
    try {
      this.#database = await Database.open(instance);
    } catch (error) {
      this.#channel.send({ kind: 'refused', reason: mapDuckdbError(error).error.message });
      return;
    }
    this.#channel.send({
      kind: 'hello',
      protocol: PROTOCOL_VERSION,
      duckdbVersion: duckdb.library_version(),
      nodeVersion: process.version,
      processId: process.pid,
    });
  }

  async #run(message: Extract<ToExecutor, { kind: 'task' }>): Promise<void> {
    const { task, work } = message;
    const database = this.#database;
    if (database === null || this.#running !== null) {
      throw new Error('a task came before hello or during another task');
    }
    const context = new TaskContext(task, database, this.#preludes, this.#channel, message.settings.measureMemory === true);
    this.#running = context;
    try {
      await database.apply(message.settings);
      await database.avoidOptimizers(optimizersToAvoid(message.work, message.settings));
      context.check();
      switch (work.kind) {
        case 'stream':
          await runStream(context, work);
          break;
        case 'collect':
          await runCollect(context, work);
          break;
        case 'describe':
          await runDescribe(context, work);
          break;
      }
    } catch (error) {
      const { error: sqlError, broken } = mapDuckdbError(error);
      this.#channel.send({ kind: 'failed', task, error: toWireError(sqlError), broken });
    } finally {
      context.end();
      this.#running = null;
    }
  }

  /** The gateway is gone or done with this process. */
  #exit(): void {
    const spillDirectory = this.#instance?.spillDirectory;
    if (this.#running === null) {
      this.#database?.close();
    }
    if (spillDirectory !== undefined) {
      rmSync(spillDirectory, { recursive: true, force: true });
    }
    // DuckDB's threads may be in the middle of a query; an ordinary exit would wait for them or crash in destructors.
    process.kill(process.pid, 'SIGKILL');
  }
}

/** Tells Linux to end this process rather than the gateway when memory runs out. Elsewhere there is no such file. */
function preferToBeKilled(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '800');
  } catch {
    // Not Linux, or not allowed: the kernel's own choice stands.
  }
}
