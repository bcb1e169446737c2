import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelRequest, startup } from './frontend-bytes.js';
import { RawClient, type RawMessage } from './raw-client.js';
import { readMessage } from './read-message.js';
import { showMessages, typeOfName } from './show-message.js';
import { parseWireFile, withReplies, type WireFile, type WireStep } from './wire-file.js';

/** A server, and as whom to connect. */
export interface WireAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** Before a cancel request, so that the statement it is meant for runs. */
const CANCEL_DELAY_MS = 200;
/** The longest a server may be silent while replies are awaited. */
const SILENCE_MS = 8_000;

interface Talker {
  readonly client: RawClient;
  pending: Buffer[];
  key: { readonly processId: number; readonly secret: Buffer } | null;
}

/**
 * Runs a `.wire` conversation against a server and asserts that its replies are the file's. With `update` the file is
 * rewritten with the actual replies instead.
 */
export async function runWireFile(path: string, address: WireAddress, options: { readonly update?: boolean } = {}): Promise<void> {
  const file = parseWireFile(readFileSync(path, 'utf8'));
  const talkers = new Map<string, Talker>();
  const replies = new Map<number, readonly string[]>();
  try {
    await runSteps(file, address, talkers, replies, options.update ?? false);
  } finally {
    for (const { client } of talkers.values()) {
      client.close();
    }
  }
  if (options.update === true) {
    assert(process.env['CI'] === undefined, 'expected replies are not rewritten in CI');
    writeFileSync(path, withReplies(file, replies));
  }
}

async function runSteps(
  file: WireFile,
  address: WireAddress,
  talkers: Map<string, Talker>,
  replies: Map<number, readonly string[]>,
  update: boolean,
): Promise<void> {
  let name = 'main';
  for (const step of file.steps) {
    switch (step.kind) {
      case 'connection':
        name = step.name;
        break;
      case 'send':
        (await talkerOf(name, file, address, talkers)).pending.push(readMessage(step.text, address));
        break;
      case 'cancel':
        for (const talker of talkers.values()) {
          sendPending(talker);
        }
        await sleep(CANCEL_DELAY_MS);
        await cancel(await talkerOf(step.target, file, address, talkers), address);
        break;
      case 'expect': {
        const talker = await talkerOf(name, file, address, talkers);
        sendPending(talker);
        const actual = await readReplies(talker, step);
        replies.set(step.line, actual);
        if (!update) {
          assert.deepEqual(actual, step.expected, `replies expected at line ${step.line + 1}`);
        }
        break;
      }
    }
  }
}

function sendPending(talker: Talker): void {
  if (talker.pending.length > 0) {
    talker.client.send(...talker.pending);
    talker.pending = [];
  }
}

async function talkerOf(name: string, file: WireFile, address: WireAddress, talkers: Map<string, Talker>): Promise<Talker> {
  const known = talkers.get(name);
  if (known !== undefined) {
    return known;
  }
  const talker: Talker = {
    client: await RawClient.connect(address.host, address.port),
    pending: [],
    key: null,
  };
  talkers.set(name, talker);
  if (!file.startsByHand) {
    talker.client.send(startup({ user: address.user, database: address.database }));
    rememberKey(talker, await talker.client.until('Z', SILENCE_MS));
  }
  return talker;
}

async function readReplies(talker: Talker, step: Extract<WireStep, { readonly kind: 'expect' }>): Promise<readonly string[]> {
  const { client } = talker;
  switch (step.until) {
    case 'byte':
      return [`byte ${(await client.nextByte()) ?? 'none'}`];
    case 'rest':
      return [`rest ${JSON.stringify((await client.rest()).toString('latin1'))}`];
    case 'closed': {
      const messages: RawMessage[] = [];
      for (;;) {
        const next = await client.next(SILENCE_MS);
        if (next === null) {
          return [...showMessages(messages), 'closed'];
        }
        messages.push(next);
      }
    }
    default: {
      const messages: RawMessage[] = [];
      for (let round = 0; round < step.count; round += 1) {
        messages.push(...(await client.until(typeOfName(step.until), SILENCE_MS)));
      }
      rememberKey(talker, messages);
      const isWhole = messages.at(-1)?.type === typeOfName(step.until);
      return isWhole ? showMessages(messages) : [...showMessages(messages), 'closed'];
    }
  }
}

function rememberKey(talker: Talker, messages: readonly RawMessage[]): void {
  const body = messages.find((message) => message.type === 'K')?.body;
  if (body !== undefined) {
    talker.key = { processId: body.readInt32BE(0), secret: body.subarray(4) };
  }
}

async function cancel(target: Talker, address: WireAddress): Promise<void> {
  assert(target.key !== null, 'the connection to cancel has no key');
  const client = await RawClient.connect(address.host, address.port);
  client.send(cancelRequest(target.key.processId, target.key.secret));
  await client.rest();
  client.close();
}
