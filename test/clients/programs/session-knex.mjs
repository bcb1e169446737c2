// knex: the schema builder, queries, transactions, migrations' tables.
import { attempt, check, load, runChecks, versionOf } from './checks.mjs';

const knex = load('knex')({ client: 'pg', connection: {}, pool: { min: 0, max: 2 } });

check('schema builder', async () => {
  await knex.schema.createTable('kx_people', (table) => {
    table.increments('id');
    table.string('name', 40).notNullable().defaultTo('none');
    table.decimal('credit', 8, 2);
    table.timestamp('made').defaultTo(knex.fn.now());
    table.jsonb('info');
    table.boolean('ok').defaultTo(true);
    table.unique(['name']);
  });
  const altered = await attempt(() =>
    knex.schema.alterTable('kx_people', (table) => {
      table.integer('age');
      table.renameColumn('ok', 'fine');
    }),
  );
  return [altered, await knex.schema.hasTable('kx_people'), await knex.schema.hasColumn('kx_people', 'age'), await knex('kx_people').columnInfo()];
});
check('queries', async () => {
  const ids = await knex('kx_people')
    .insert([
      { name: 'Ann', credit: 1.5, info: { a: 1 } },
      { name: 'Bob', credit: 2 },
    ])
    .returning(['id', 'name']);
  const updated = await knex('kx_people')
    .where('name', 'Bob')
    .update({ credit: knex.raw('credit + ?', [1]) });
  const merged = await attempt(() => knex('kx_people').insert({ id: 1, name: 'Ann', credit: 9 }).onConflict('id').merge(['credit']).returning('credit'));
  return [
    ids,
    updated,
    merged,
    await knex('kx_people').select('name', 'credit', 'info').whereIn('name', ['Ann', 'Bob']).orderBy('name').limit(5),
    await knex('kx_people').count('* as n').first(),
    await knex('kx_people').where('name', 'Bob').del(),
  ];
});
check('transactions', async () => {
  await attempt(() =>
    knex.transaction(async (transaction) => {
      await transaction('kx_people').insert({ name: 'gone' });
      throw new Error('back');
    }),
  );
  await knex.transaction(async (transaction) => {
    await transaction('kx_people').insert({ name: 'kept' });
    await attempt(() =>
      transaction.transaction(async (inner) => {
        await inner('kx_people').insert({ name: 'inner' });
        throw new Error('back');
      }),
    );
  });
  return knex('kx_people').pluck('name').orderBy('name');
});
check('streams and errors', async () => {
  let rows = 0;
  for await (const row of knex.raw('SELECT * FROM generate_series(1, 500) AS g(i)').stream?.() ?? []) {
    rows += row === null ? 0 : 1;
  }
  return [rows >= 0, await attempt(() => knex('no_such').select())];
});
check('migrations', async () => {
  const source = {
    getMigrations: () => Promise.resolve(['one']),
    getMigrationName: (name) => name,
    getMigration: () => ({
      up: (schema) =>
        schema.schema.createTable('kx_migrated', (table) => {
          table.integer('i');
        }),
      down: (schema) => schema.schema.dropTable('kx_migrated'),
    }),
  };
  const up = await attempt(() => knex.migrate.latest({ migrationSource: source }));
  const there = await knex.schema.hasTable('kx_migrated');
  return [up, there, await attempt(() => knex.migrate.rollback({ migrationSource: source })), await knex.schema.hasTable('kx_migrated')];
});

await runChecks(`knex ${versionOf('knex')}`);
await knex.destroy();
