import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError, type Client } from 'pg';
import { newRandomSource, type RandomSource } from '../history/random-source.js';
import type { Actor, Workload } from './actor.js';
import type { CrashSystem } from './system.js';
import { WorkGate, WorkSession, type Outcome } from './work-session.js';
import { textOf } from '../text-of.js';

/** How often and for how long. */
export interface CrashOptions {
  /** Kills that hit work in flight. */
  readonly killCount: number;
  readonly seed: number;
  /** No longer than that, whatever was reached. */
  readonly timeoutMs: number;
  readonly log: (line: string) => void;
}

/** What was done and what was wrong; `violations` must be empty. */
export interface CrashReport {
  readonly effectiveKills: Readonly<Record<string, number>>;
  /** Kills that found nothing under way, or no such process. */
  readonly otherKills: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly refusals: ReadonlyMap<string, { readonly count: number; readonly example: string }>;
  readonly violations: readonly string[];
}

/** Work goes on between two kills for that long, at random. */
const WORK_MIN_MS = 150;
const WORK_RANDOM_MS = 1200;
/** After a kill everything under way must be answered, or its connection closed. */
const QUIET_TIMEOUT_MS = 60_000;
/** A system that stays wrong need not be shown wrong five hundred times. */
const VIOLATIONS_MAX = 30;
/** Of one actor at one check: one fault may damage hundreds of rows. */
const VIOLATIONS_MAX_EACH = 5;

/** Runs the workload, kills, recovers, checks, until enough kills hit something. */
export async function runCrashes(system: CrashSystem, workload: Workload, options: CrashOptions): Promise<CrashReport> {
  const random = newRandomSource(options.seed);
  const gate = new WorkGate();
  const violations: string[] = [];
  const effectiveKills: Record<string, number> = {};
  let otherKills = 0;
  const setup = await system.connect();
  for (const sql of workload.setup) {
    await setup.query(sql);
  }
  await setup.end();

  const state = { stopped: false };
  const workers = workload.actors.map((actor, index) =>
    work(actor, new WorkSession(() => system.connect(), gate), newRandomSource(options.seed * 100 + index + 1), state).catch((error: unknown) => {
      violations.push(`${actor.name} ended: ${textOf(error)}`);
    }),
  );
  const deadline = Date.now() + options.timeoutMs;
  let hits = 0;
  while (hits < options.killCount && violations.length < VIOLATIONS_MAX && Date.now() < deadline) {
    await sleep(WORK_MIN_MS + random.below(WORK_RANDOM_MS));
    const target = random.pick(system.targets);
    await waitForWork(gate);
    const underWay = gate.inFlight;
    const isKilled = system.kill(target);
    gate.close();
    if (isKilled && underWay > 0) {
      hits += 1;
      effectiveKills[target] = (effectiveKills[target] ?? 0) + 1;
    } else {
      otherKills += 1;
    }
    const before = violations.length;
    await system.recover();
    await waitForQuiet(gate, violations);
    violations.push(...(await check(system, workload.actors)));
    if (violations.length > before) {
      options.log(`kill ${hits} of ${target}: ${violations.slice(before).join('; ')}`);
    } else if (hits % 25 === 0) {
      options.log(`${hits} kills, ${gate.outcomes.done} transactions done, ${gate.outcomes.unknown} unknown, ${gate.outcomes.refused} refused`);
    }
    gate.open();
  }
  state.stopped = true;
  await Promise.all(workers);
  violations.push(...(await check(system, workload.actors)), ...(await system.finish()), ...(await check(system, workload.actors)));
  if (hits < options.killCount && violations.length === 0) {
    violations.push(`only ${hits} of ${options.killCount} kills hit work in flight in ${options.timeoutMs} ms`);
  }
  return { effectiveKills, otherKills, outcomes: gate.outcomes, refusals: gate.refusals, violations };
}

async function work(actor: Actor, session: WorkSession, random: RandomSource, state: { readonly stopped: boolean }): Promise<void> {
  while (!state.stopped) {
    await actor.step(session, random);
  }
  await session.end();
}

/** A kill between two answers proves nothing: a moment is given for something to be under way. */
async function waitForWork(gate: WorkGate): Promise<void> {
  for (let waits = 0; waits < 200 && gate.inFlight === 0; waits += 1) {
    await sleep(1);
  }
}

async function waitForQuiet(gate: WorkGate, violations: string[]): Promise<void> {
  const deadline = Date.now() + QUIET_TIMEOUT_MS;
  while (gate.inFlight > 0) {
    if (Date.now() > deadline) {
      violations.push(`${gate.inFlight} transactions are without an answer ${QUIET_TIMEOUT_MS} ms after a kill`);
      return;
    }
    await sleep(5);
  }
}

async function check(system: CrashSystem, actors: readonly Actor[]): Promise<string[]> {
  const wrong: string[] = [];
  let client: Client | null = null;
  try {
    client = await system.connect();
    for (const actor of actors) {
      wrong.push(...(await actor.check(client)).slice(0, VIOLATIONS_MAX_EACH));
    }
    wrong.push(...(await system.checkStorage()).slice(0, VIOLATIONS_MAX_EACH));
  } catch (error) {
    wrong.push(`a check failed: ${textOf(error)}${error instanceof DatabaseError && error.detail !== undefined ? ` (${error.detail})` : ''}`);
  } finally {
    await client?.end().catch(() => undefined);
  }
  return wrong;
}
