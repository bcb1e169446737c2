import { parseArgs } from 'node:util';
import { runCrashes } from './crash-run.js';
import { startPostgresSystem } from './postgres-system.js';
import { startSluiceSystem } from './sluice-system.js';
import { newDefinitionsWorkload, newWorkload } from './workload.js';

/**
 * The soak form: `node dist/test/lake/crash/main.js [--system duckdb|postgres|reference|all] [--kills 500] [--seed 1]`. Ends
 * with a line of counts, and with code 1 when anything was lost, halved or left; `--keep` leaves the data directory for a look.
 */
const { values } = parseArgs({
  options: {
    system: { type: 'string', default: 'all' },
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    minutes: { type: 'string', default: '120' },
    work: { type: 'string', default: 'all' },
    keep: { type: 'boolean', default: false },
  },
});

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

/** Runs one system; gives its counts as a text and whether nothing was wrong. */
async function run(name: string): Promise<{ readonly counts: string; readonly isRight: boolean }> {
  const system =
    name === 'reference' ? await startPostgresSystem() : await startSluiceSystem(name === 'postgres' ? 'postgres' : 'duckdb', { keep: values.keep });
  say(`${system.name}, seed ${values.seed}`);
  const abilities = await system.abilities();
  if (!abilities.merge) {
    say('==== NOT COVERED: MERGE, which the server does not know ====');
  }
  if (!abilities.upkeep && name !== 'reference') {
    say('==== NOT COVERED: compaction, expiry, removal of files and orphans, for which the server knows no statement ====');
  }
  const report = await runCrashes(system, values.work === 'definitions' ? newDefinitionsWorkload() : newWorkload(abilities), {
    killCount: Number(values.kills),
    seed: Number(values.seed),
    timeoutMs: Number(values.minutes) * 60_000,
    log: say,
  });
  await system.stop();
  for (const [code, { count, example }] of report.refusals) {
    say(`${count} x ${code}: ${example}`);
  }
  say(report.violations.length === 0 ? 'nothing was lost, halved or left' : `VIOLATIONS:\n${report.violations.join('\n')}`);
  const kills = Object.values(report.effectiveKills).reduce((sum, count) => sum + count, 0);
  const targets = Object.entries(report.effectiveKills).map(([target, count]) => `${target} ${count}`);
  const { done, refused, unknown } = report.outcomes;
  return {
    counts: `${name}: ${kills} kills hit work (${targets.join(', ')}), ${done} transactions done, ${refused} refused, ${unknown} unknown, ${report.violations.length} violations`,
    isRight: report.violations.length === 0,
  };
}

const results = [];
for (const name of values.system === 'all' ? ['duckdb', 'postgres'] : [values.system]) {
  results.push(await run(name));
}
say(results.map(({ counts }) => counts).join('; '));
process.exitCode = results.every(({ isRight }) => isRight) ? 0 : 1;
