import duckdb from '@duckdb/node-bindings';
import type { DataChunk } from '@duckdb/node-bindings';
import { ANY, DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api';
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import * as arrow from 'apache-arrow';
import { ArrowBatches } from '../arrow/arrow-batches.js';
import { itemsOfTable } from '../arrow/arrow-input.js';
import { rowsOfTable } from '../arrow/arrow-rows.js';
import type { Item } from '../arrow/literal-rows.js';
import { jsonRows } from '../arrow/literal-rows.js';
import { createArrowEncoder } from '../encode/arrow-encoder.js';
import type { RowEncoder } from '../encode/row-encoder.js';
import type { OutputSettings, ResultColumn, ScriptFunction } from '../engine.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { SqlError } from '../../planner/sql-error.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';
import type { Database } from './database.js';

/** A user's function; what it takes and gives is checked as it runs. */
type Script = (input: unknown, parameters: unknown, library: typeof arrow) => unknown;

/** How values without a type of Arrow's are written. */
const OUTPUT: OutputSettings = { timeZone: 'UTC', dateStyle: 'ISO, MDY', intervalStyle: 'postgres', extraFloatDigits: 1, byteaOutput: 'hex' };

/**
 * Registers a function in JavaScript with DuckDB. It runs in this process, on its one thread of JavaScript, while DuckDB's
 * thread that called it waits; a function that does not end is ended with the process when its task is cancelled.
 */
export async function registerScript(database: Database, script: ScriptFunction): Promise<void> {
  const run = await loadScript(script);
  const columns = script.columns.map(({ name, type }): ResultColumn => ({ name, duckdbType: type, type: postgresTypeOf(type), format: 'text' }));
  const caller = new ScriptCaller(script, run, createArrowEncoder(columns, OUTPUT), new ArrowBatches(columns));
  database.register(
    DuckDBScalarFunction.create({
      name: script.name,
      returnType: VARCHAR,
      varArgsType: ANY,
      // NULL arguments are the function's own affair, and it may give another result each time.
      specialHandling: true,
      volatile: true,
      mainFunction: (info, input, output) => {
        try {
          caller.call(input.chunk, output);
        } catch (error) {
          info.setError(errorText(error));
        }
      },
    }),
  );
}

/** Where a result's texts go. */
interface TextOutput {
  setItem(index: number, value: string | null): void;
  flush(): void;
}

class ScriptCaller {
  readonly #script: ScriptFunction;
  readonly #run: Script;
  readonly #encoder: RowEncoder;
  readonly #batches: ArrowBatches;
  readonly #parameters: unknown;

  constructor(script: ScriptFunction, run: Script, encoder: RowEncoder, batches: ArrowBatches) {
    this.#script = script;
    this.#run = run;
    this.#encoder = encoder;
    this.#batches = batches;
    this.#parameters = script.parameters === null ? undefined : JSON.parse(script.parameters);
  }

  /** Calls the function for a chunk. */
  call(chunk: DataChunk, output: unknown): void {
    assert(isTextOutput(output), 'a vector of texts');
    const rowCount = duckdb.data_chunk_get_size(chunk);
    const table = new arrow.Table(this.#batches.schema, [this.#batches.read(this.#encoder.encode(chunk))]);
    if (this.#script.form === 'value') {
      rowsOfTable(table).forEach((row, index) => output.setItem(index, textOf(this.#call(row))));
    } else {
      const text = jsonRows(this.#rows(table));
      for (let index = 0; index < rowCount; index += 1) {
        output.setItem(index, index === 0 ? text : null);
      }
    }
    output.flush();
  }

  #call(input: unknown): unknown {
    const result = this.#run(input, this.#parameters, arrow);
    if (result instanceof Promise) {
      result.catch(() => undefined);
      throw new TypeError('the function is asynchronous: what it gives must be there when it returns');
    }
    return result;
  }

  #rows(table: arrow.Table): Iterable<Item> {
    switch (this.#script.form) {
      case 'map':
        return rowsOfTable(table).map((row) => itemOf(this.#call(row)));
      case 'flat_map':
        return rowsOfTable(table).flatMap((row) => itemsOf(this.#call(row)));
      case 'batch':
      case 'value': {
        const result = this.#call(table);
        return result instanceof arrow.Table ? itemsOfTable(result) : itemsOf(result);
      }
    }
  }
}

function isTextOutput(value: unknown): value is TextOutput {
  return typeof value === 'object' && value !== null && 'setItem' in value && 'flush' in value;
}

/** The function of a script. What it is made of comes from a superuser. */
async function loadScript({ code }: ScriptFunction): Promise<Script> {
  const found: unknown = code.kind === 'inline' ? compile(code.source) : exported(await import(pathToFileURL(code.path).href), code.export);
  if (!isScript(found)) {
    throw new SqlError(
      SQLSTATE.external_routine_exception,
      code.kind === 'inline' ? 'the text is no function' : `${code.path} exports no function "${code.export}"`,
    );
  }
  return found;
}

function compile(source: string): unknown {
  try {
    return runInThisContext(`"use strict"; (${source}\n)`);
  } catch (error) {
    throw new SqlError(SQLSTATE.external_routine_exception, `the function's text cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'Write it as an arrow function or with the word function.',
    });
  }
}

function exported(module: unknown, name: string): unknown {
  return typeof module === 'object' && module !== null ? new Map<string, unknown>(Object.entries(module)).get(name) : undefined;
}

function isScript(value: unknown): value is Script {
  return typeof value === 'function';
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  if (typeof value !== 'boolean' && typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') {
    throw new TypeError('the function must give true or false, or a number');
  }
  return String(value);
}

function itemsOf(value: unknown): readonly Item[] {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
    throw new TypeError('the function must give an array of rows');
  }
  const rows: unknown[] = Array.from(isIterable(value) ? value : []);
  return rows.map(itemOf);
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function itemOf(value: unknown): Item {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('the function must give rows as objects');
  }
  return Object.fromEntries(Object.entries(value));
}

/** What DuckDB is told; the form in which errors with an SQLSTATE come back. */
function errorText(error: unknown): string {
  if (error instanceof ReferenceError) {
    return `SLUICE:${SQLSTATE.external_routine_exception}:function in JavaScript: ${error.message}. It is sent as text: variables around it are not known where it runs. Pass them as parameters`;
  }
  return `SLUICE:${SQLSTATE.external_routine_exception}:function in JavaScript: ${error instanceof Error ? error.message : String(error)}`;
}
