import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkHistory, countKinds } from './check-history.js';
import { recordHistory } from './record-history.js';
import { sqlPlace } from './sql-session.js';

/**
 * Records a history on any servers and checks it: `node dist/test/lake/history/main.js --url postgres://... --url ...
 * --seconds 600 --clients 8`. Ends with code 1 when anomalies are found; `--keep` writes history and anomalies as JSON.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', multiple: true, default: [] },
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    begin: { type: 'string', default: 'BEGIN ISOLATION LEVEL REPEATABLE READ' },
    order: { type: 'string', default: 'real_time' },
    keep: { type: 'string' },
  },
});
if (values.url.length === 0) {
  throw new Error('--url is missing');
}
const recording = await recordHistory({
  places: values.url.map((url) => sqlPlace(url, values.begin)),
  clientsPerPlace: Number(values.clients),
  durationMs: Number(values.seconds) * 1000,
  seed: Number(values.seed),
});
const anomalies = checkHistory(recording.history, { order: values.order === 'session' ? 'session' : 'real_time', final: recording.final });
const outcomes = (['ok', 'fail', 'unknown'] as const).map(
  (outcome) => `${outcome} ${recording.history.filter((transaction) => transaction.outcome === outcome).length}`,
);
process.stdout.write(`transactions: ${outcomes.join(', ')}\n`);
for (const [code, { count, first }] of recording.refusals) {
  process.stdout.write(`refused ${count} times with ${code}: ${first}\n`);
}
process.stdout.write(`anomalies: ${countKinds(anomalies)}\n`);
for (const anomaly of anomalies.slice(0, 10)) {
  process.stdout.write(`  ${anomaly.kind}: ${anomaly.description}\n`);
}
if (values.keep !== undefined) {
  writeFileSync(values.keep, JSON.stringify({ anomalies, history: recording.history }));
}
process.exitCode = anomalies.length === 0 ? 0 : 1;
