import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { Client } from 'pg';
import { outcome, outcomes, startLiveServer, type LiveServer } from './live-session.js';

describe('sessions/settings', function () {
  this.timeout(30_000);
  let live: LiveServer;
  let client: Client;

  before(async () => {
    live = await startLiveServer();
    client = await live.server.connect();
  });

  beforeEach(async () => {
    await client.query('DISCARD ALL');
  });

  after(async () => {
    await client?.end();
    await live?.end();
  });

  it('shows durations and sizes with their largest whole unit and keeps the numbers in pg_settings', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "SET statement_timeout = '90s'",
        'SHOW statement_timeout',
        "SELECT current_setting('statement_timeout')",
        "SELECT setting, unit FROM pg_settings WHERE name = 'statement_timeout'",
        'SET statement_timeout = 120000',
        'SHOW statement_timeout',
        'SET statement_timeout = 0',
        'SHOW statement_timeout',
        "SET sluice.distribute_threshold = '2048MB'",
        'SHOW sluice.distribute_threshold',
        'SET statement_timeout = -1',
      ]),
      [
        'SET',
        '90s',
        '90s',
        '90000,ms',
        'SET',
        '2min',
        'SET',
        '0',
        'SET',
        '2GB',
        '22023 -1 ms is outside the valid range for parameter "statement_timeout" (0 .. 2147483647)',
      ],
    );
  });

  it('ends SET LOCAL with its transaction, undoes SET on rollback and at savepoints', async () => {
    assert.deepEqual(
      await outcomes(client, [
        'BEGIN',
        "SET LOCAL TimeZone = 'Europe/Berlin'",
        'SAVEPOINT a',
        "SET TimeZone = 'America/New_York'",
        'SHOW TimeZone',
        'ROLLBACK TO a',
        'SHOW TimeZone',
        'COMMIT',
        'SHOW TimeZone',
        'BEGIN',
        "SET TimeZone = 'Asia/Tokyo'",
        "SET LOCAL TimeZone = 'Asia/Kolkata'",
        'COMMIT',
        'SHOW TimeZone',
        'BEGIN',
        "SET TimeZone = 'Europe/Paris'",
        'ROLLBACK',
        'SHOW TimeZone',
      ]),
      [
        'BEGIN',
        'SET',
        'SAVEPOINT',
        'SET',
        'America/New_York',
        'ROLLBACK',
        'Europe/Berlin',
        'COMMIT',
        'UTC',
        'BEGIN',
        'SET',
        'SET',
        'COMMIT',
        'Asia/Tokyo',
        'BEGIN',
        'SET',
        'ROLLBACK',
        'Asia/Tokyo',
      ],
    );
  });

  it('undoes SET when the other statements of its simple query fail', async () => {
    assert.equal(await outcome(client, "SET my.value = 'before'"), 'SET');
    await assert.rejects(client.query("SET my.value = 'after'; SELECT 1/0"));
    assert.equal(await outcome(client, 'SHOW my.value'), 'before');
  });

  it('ends the modes of a transaction with it and takes them from their defaults', async () => {
    assert.deepEqual(
      await outcomes(client, [
        "SET default_transaction_isolation = 'serializable'",
        'SHOW transaction_isolation',
        'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
        'SHOW transaction_isolation',
        'SHOW transaction_read_only',
        'COMMIT AND CHAIN',
        'SHOW transaction_isolation',
        'SHOW transaction_read_only',
        'ROLLBACK',
        'SHOW transaction_isolation',
        'SHOW transaction_read_only',
        'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
        'SHOW transaction_read_only',
        'BEGIN READ WRITE',
        'SHOW transaction_read_only',
        'COMMIT',
      ]),
      [
        'SET',
        'serializable',
        'BEGIN',
        'repeatable read',
        'on',
        'COMMIT',
        'repeatable read',
        'on',
        'ROLLBACK',
        'serializable',
        'off',
        'SET',
        'on',
        'BEGIN',
        'off',
        'COMMIT',
      ],
    );
  });

  it('sets through set_config, with parameters, for the session or the transaction', async () => {
    const text = "SELECT set_config('TimeZone', $1, $2), set_config($3, 'v', false) AS mine";
    assert.equal(await outcome(client, { text, values: ['Europe/Paris', false, 'my.value'] }), 'Europe/Paris,v');
    assert.deepEqual(
      await outcomes(client, [
        'SHOW TimeZone',
        'SHOW my.value',
        'BEGIN',
        "SELECT pg_catalog.set_config('TimeZone', 'UTC', true)",
        'SHOW TimeZone',
        'COMMIT',
        'SHOW TimeZone',
        "SELECT set_config('nope', 'x', false)",
        "SELECT set_config('server_version', 'x', false)",
        "SELECT set_config('TimeZone', NULL, false)",
        "SELECT set_config('search_path', '', false)",
        'SELECT count(*) FROM flights',
      ]),
      [
        'Europe/Paris',
        'v',
        'BEGIN',
        'UTC',
        'UTC',
        'COMMIT',
        'Europe/Paris',
        '42704 unrecognized configuration parameter "nope"',
        '55P02 parameter "server_version" cannot be changed',
        'UTC',
        '',
        '42P01 relation "flights" does not exist',
      ],
    );
  });
});
