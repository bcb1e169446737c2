import { parseArgs } from 'node:util';
import { runCrashes } from './crash-run.js';
import { startPostgresSystem } from './postgres-system.js';
import { startSluiceSystem } from './sluice-system.js';
import { newDefinitionsWorkload, newWorkload } from './workload.js';

/**
 * The soak form: `node dist/test/lake/crash/main.js --system duckdb|postgres|reference --kills 500 --seed 1`. Ends with
 * code 1 when anything was lost, halved or left; `--keep` leaves the data directory for a look.
 */
const { values } = parseArgs({
  options: {
    system: { type: 'string', default: 'duckdb' },
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    minutes: { type: 'string', default: '120' },
    work: { type: 'string', default: 'all' },
    keep: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};
const system =
  values.system === 'reference'
    ? await startPostgresSystem()
    : await startSluiceSystem(values.system === 'postgres' ? 'postgres' : 'duckdb', { keep: values.keep });
say(`${system.name}, seed ${values.seed}`);
const report = await runCrashes(system, values.work === 'definitions' ? newDefinitionsWorkload() : newWorkload(), {
  killCount: Number(values.kills),
  seed: Number(values.seed),
  timeoutMs: Number(values.minutes) * 60_000,
  log: say,
});
await system.stop();
say(`kills that hit work: ${JSON.stringify(report.effectiveKills)}, others: ${report.otherKills}`);
say(`transactions: ${JSON.stringify(report.outcomes)}`);
for (const [code, { count, example }] of report.refusals) {
  say(`${count} x ${code}: ${example}`);
}
say(report.violations.length === 0 ? 'nothing was lost, halved or left' : `VIOLATIONS:\n${report.violations.join('\n')}`);
process.exitCode = report.violations.length === 0 ? 0 : 1;
