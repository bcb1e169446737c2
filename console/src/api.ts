import type { ApiError, QueryFailure, SqlEvent } from '../../gateway/http/api-types.ts';

export type * from '../../gateway/http/api-types.ts';

/** A refusal of the server, or that it was not reached (status 0). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly failure: QueryFailure;

  constructor(status: number, failure: QueryFailure) {
    super(failure.message);
    this.status = status;
    this.failure = failure;
  }
}

/** Asks the API. Throws ApiFailure. */
export async function ask<Body>(path: string, body?: object): Promise<Body> {
  const answer = await send(path, body);
  if (!answer.ok) {
    throw await failureOf(answer);
  }
  const found: Body = await answer.json();
  return found;
}

/** Runs SQL and gives what comes of it, as it comes. Throws ApiFailure. */
export async function* runSql(sql: string, signal: AbortSignal): AsyncGenerator<SqlEvent> {
  const answer = await send('/api/sql', { sql }, signal);
  if (!answer.ok || answer.body === null) {
    throw await failureOf(answer);
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event: SqlEvent = JSON.parse(line);
      yield event;
    }
  }
}

async function send(path: string, body?: object, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, {
      ...(body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) {
      throw error;
    }
    throw new ApiFailure(0, { sqlstate: '', message: 'the gateway is not reached' });
  }
}

async function failureOf(answer: Response): Promise<ApiFailure> {
  try {
    const body: ApiError = await answer.json();
    return new ApiFailure(answer.status, body.error);
  } catch {
    return new ApiFailure(answer.status, { sqlstate: '', message: `the gateway answered ${answer.status}` });
  }
}
