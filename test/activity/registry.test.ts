import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Activity } from '../../gateway/activity/activity.js';
import { redactSecrets } from '../../gateway/activity/redact-secrets.js';

const OWNER = { user: 'u', database: 'd', remoteAddress: '', applicationName: '', processId: 1, onCancel: null };

describe('activity/registry', () => {
  it('keeps a bound of past queries, the newest', () => {
    const activity = new Activity(10);
    for (let number = 0; number < 25; number += 1) {
      activity.begin(OWNER, `q${number}`).fail(new Error('no'));
    }
    assert.deepEqual(
      activity.list().map(({ sql }) => sql),
      Array.from({ length: 10 }, (_, index) => `q${24 - index}`),
    );
    assert.equal(activity.totals().failed, 25);
  });

  it('puts restored queries before its own', () => {
    const earlier = new Activity(10);
    earlier.begin(OWNER, 'old').fail(new Error('no'));
    const activity = new Activity(10);
    activity.begin(OWNER, 'new').fail(new Error('no'));
    activity.restore(earlier.list());
    assert.deepEqual(
      activity.list().map(({ sql }) => sql),
      ['new', 'old'],
    );
  });

  it('keeps no quick statement that the gateway answered, but counts it', () => {
    const activity = new Activity();
    const query = activity.begin(OWNER, 'SELECT 1');
    assert.equal(activity.liveCount, 1);
    query.end('SELECT 1');
    assert.equal(activity.liveCount, 0);
    assert.deepEqual(activity.list(), []);
    assert.equal(activity.totals().finished, 1);
  });

  it('turns a finished query whose transaction was not committed into a failed one', () => {
    const activity = new Activity();
    const query = activity.begin(OWNER, 'INSERT');
    query.end('INSERT 0 1');
    query.commitFailed(new Error('conflict'));
    assert.deepEqual(
      activity.list().map(({ state }) => state),
      ['failed'],
    );
  });

  for (const [sql, seen] of [
    ["ALTER ROLE a PASSWORD 'x''y' VALID UNTIL 'z'", "ALTER ROLE a PASSWORD '***' VALID UNTIL 'z'"],
    ["CREATE ROLE a ENCRYPTED PASSWORD E'x\\'y'", "CREATE ROLE a ENCRYPTED PASSWORD '***'"],
    ["SET s3_secret_access_key = 'abc'", "SET s3_secret_access_key = '***'"],
    ["SET s3_secret_access_key TO 'abc'", "SET s3_secret_access_key TO '***'"],
    ["CREATE SECRET s (SECRET $$abc$$, KEY_ID 'k')", "CREATE SECRET s (SECRET '***', KEY_ID 'k')"],
    ["OPTIONS (session_token 'abc')", "OPTIONS (session_token '***')"],
    ["ALTER ROLE a PASSWORD 'not closed", "ALTER ROLE a PASSWORD '***'"],
    ["SELECT 'secret'", "SELECT 'secret'"],
  ] as const) {
    it(`keeps of ${sql} no secret`, () => {
      assert.equal(redactSecrets(sql), seen);
    });
  }
});
