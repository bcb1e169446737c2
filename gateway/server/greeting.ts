import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { oldStyleErrorResponse } from '../protocol/backend/report.js';
import { writeNegotiateProtocolVersion } from '../protocol/backend/start-up.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import { negotiateVersion, type ProtocolVersion } from '../protocol/protocol-version.js';
import { decodeStartupPacket, decodeStartupParameters, type StartupPacket } from '../protocol/startup-packet.js';
import type { CancelRegistry } from './cancel-registry.js';
import type { ClientInput } from './client-input.js';
import type { ClientOutput } from './client-output.js';
import type { Log } from './log.js';

/** Who wants in, and in which version of the protocol. */
export interface Greeting {
  readonly version: ProtocolVersion;
  readonly user: string;
  readonly database: string;
  readonly settings: ReadonlyMap<string, string>;
}

const NO = Buffer.from('N');
const YES = Buffer.from('S');

/** Takes the connection over to TLS, once the client has been told. Throws FatalSqlError when it did not wait for that. */
export type Encrypt = () => Promise<void>;

/**
 * Reads what a client sends before it is served, going over to TLS (or refusing encryption, once each) and carrying out a
 * cancel request. Null when there is no session to open; throws FatalSqlError where the client is to be told why.
 */
export async function receiveGreeting(
  input: ClientInput,
  output: ClientOutput,
  cancels: CancelRegistry,
  log: Log,
  encrypt: Encrypt | null = null,
): Promise<Greeting | null> {
  const refused = new Set<StartupPacket['kind']>();
  for (;;) {
    const bytes = await nextPacket(input, log);
    if (bytes === null) {
      return null;
    }
    const packet = decodeOrLog(bytes, log);
    switch (packet?.kind) {
      case undefined:
        return null;
      case 'cancelRequest':
        cancels.cancel(packet);
        return null;
      case 'sslRequest':
      case 'gssencRequest':
        if (refused.has(packet.kind)) {
          // Asked twice, its code is taken for a version number, as Postgres does.
          negotiateVersion(bytes.readUInt32BE(0));
        }
        refused.add(packet.kind);
        if (packet.kind === 'sslRequest' && encrypt !== null) {
          output.writer.bytes(YES);
          output.flush();
          await encrypt();
        } else {
          output.writer.bytes(NO);
          output.flush();
        }
        break;
      case 'startup':
        return greet(packet.version, packet.body, output);
    }
  }
}

function greet(requested: ProtocolVersion, body: Buffer, output: ClientOutput): Greeting {
  if (requested >>> 16 < 3) {
    refuseOldClient(requested, output);
  }
  const version = negotiateVersion(requested);
  const { settings, protocolOptions } = decodeStartupParameters(body);
  if (version !== requested || protocolOptions.length > 0) {
    writeNegotiateProtocolVersion(output.writer, version, protocolOptions);
  }
  const user = settings.get('user') ?? '';
  if (user === '') {
    throw new FatalSqlError(SQLSTATE.invalid_authorization_specification, 'no PostgreSQL user name specified in startup packet');
  }
  const database = settings.get('database') ?? '';
  return { version, user, database: database === '' ? user : database, settings };
}

/** The error in the form such a client can read, written here because no other message has that form. */
function refuseOldClient(requested: ProtocolVersion, output: ClientOutput): void {
  try {
    negotiateVersion(requested);
  } catch (error) {
    if (error instanceof SqlError) {
      output.writer.bytes(oldStyleErrorResponse(error));
      throw new OldClientError(error);
    }
    throw error;
  }
}

/** The client has been told in its own form; nothing more is to be sent. */
export class OldClientError extends FatalSqlError {
  constructor(error: SqlError) {
    super(error.sqlstate, error.message);
    this.name = 'OldClientError';
  }
}

/** Framing errors before start-up get no reply, as in Postgres: whoever sent them speaks another protocol. */
async function nextPacket(input: ClientInput, log: Log): Promise<Buffer | null> {
  try {
    return await input.nextStartupPacket();
  } catch (error) {
    return silence(error, log);
  }
}

function decodeOrLog(bytes: Buffer, log: Log): StartupPacket | null {
  try {
    return decodeStartupPacket(bytes);
  } catch (error) {
    return silence(error, log);
  }
}

function silence(error: unknown, log: Log): null {
  if (error instanceof SqlError && error.sqlstate === SQLSTATE.protocol_violation) {
    log('info', { reason: error.message }, 'connection closed before start-up');
    return null;
  }
  throw error;
}
