import type { ResultColumn } from '../../executor/engine.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError, positionedInText } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { whileWanted } from '../query/while-wanted.js';
import type { ExecuteOptions, ExecutionResult } from './backend.js';
import type { SessionStatement } from './session-statement.js';
import { endsTransaction } from './session-statement.js';

/** A statement of a simple query: prepared when it runs, for the ones before it may change what its names mean. */
export class LateStatement implements SessionStatement {
  readonly text: string;
  readonly parameterTypes: readonly number[] = [];
  readonly endsTransaction: boolean;
  readonly #offset: number;
  readonly #prepare: () => Promise<SessionStatement>;
  #prepared: SessionStatement | null = null;

  constructor(parsed: ParsedStatement, prepare: () => Promise<SessionStatement>) {
    this.#prepare = prepare;
    this.#offset = parsed.offset;
    this.text = parsed.text;
    this.endsTransaction = endsTransaction(parsed);
  }

  async prepare(): Promise<SessionStatement> {
    this.#prepared ??= await positionedInText(this.#offset, this.#prepare);
    return this.#prepared;
  }

  async describe(): Promise<readonly ResultColumn[] | null> {
    return (await this.prepare()).describe();
  }

  async isCurrent(): Promise<boolean> {
    return (await this.#prepared?.isCurrent?.()) ?? true;
  }

  async run(options: ExecuteOptions): Promise<ExecutionResult> {
    const prepared = this.#prepared ?? (await whileWanted(options.signal, this.prepare()));
    if (prepared.parameterTypes.length > 0) {
      throw new SqlError(SQLSTATE.undefined_parameter, 'there is no parameter $1');
    }
    return positionedInText(this.#offset, () => prepared.run(options));
  }
}
