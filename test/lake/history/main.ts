import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkHistory, countKinds } from './check-history.js';
import { startTwoGateways } from './gateways.js';
import { recordHistory } from './record-history.js';
import { sqlPlace } from './sql-session.js';

/**
 * The soak form: two gateways on one PostgreSQL catalog, 8 clients each, or any servers that run already:
 * `node dist/test/lake/history/main.js [--seconds 600] [--clients 8] [--url postgres://... --url ...]`. Ends with a line of
 * counts, and with code 1 when anomalies or errors other than 40001 were met; `--keep` writes history and anomalies as JSON.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', multiple: true, default: [] },
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    begin: { type: 'string', default: 'BEGIN ISOLATION LEVEL REPEATABLE READ' },
    order: { type: 'string', default: 'real_time' },
    keep: { type: 'string' },
  },
});
const gateways = values.url.length === 0 ? await startTwoGateways() : null;
const recording = await recordHistory({
  places: (gateways?.urls ?? values.url).map((url) => sqlPlace(url, values.begin)),
  clientsPerPlace: Number(values.clients),
  durationMs: Number(values.seconds) * 1000,
  seed: Number(values.seed),
});
await gateways?.stop();
const anomalies = checkHistory(recording.history, { order: values.order === 'session' ? 'session' : 'real_time', final: recording.final });
for (const [code, { count, first }] of recording.refusals) {
  process.stdout.write(`refused ${count} times with ${code}: ${first}\n`);
}
for (const anomaly of anomalies.slice(0, 10)) {
  process.stdout.write(`  ${anomaly.kind}: ${anomaly.description}\n`);
}
if (values.keep !== undefined) {
  writeFileSync(values.keep, JSON.stringify({ anomalies, history: recording.history }));
}
const outcomes = (['ok', 'fail', 'unknown'] as const).map(
  (outcome) => `${recording.history.filter((transaction) => transaction.outcome === outcome).length} ${outcome}`,
);
const errors = [...recording.refusals].filter(([code]) => code !== '40001').reduce((sum, [, { count }]) => sum + count, 0);
const found = anomalies.length === 0 ? '0 anomalies' : `${anomalies.length} anomalies: ${countKinds(anomalies)}`;
process.stdout.write(`history of ${recording.history.length} transactions (${outcomes.join(', ')}): ${errors} unexpected errors, ${found}\n`);
process.exitCode = anomalies.length + errors === 0 ? 0 : 1;
