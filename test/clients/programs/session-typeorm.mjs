// TypeORM: synchronize (its schema introspection), repositories, relations, transactions.
import { attempt, check, load, runChecks, versionOf } from './checks.mjs';

const { DataSource, EntitySchema } = load('typeorm');
const Author = new EntitySchema({
  name: 'ty_author',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    name: { type: 'varchar', length: 40 },
    born: { type: 'date', nullable: true },
    rating: { type: 'numeric', precision: 6, scale: 2, default: 1.5 },
  },
  relations: { books: { type: 'one-to-many', target: 'ty_book', inverseSide: 'author', cascade: true } },
});
const Book = new EntitySchema({
  name: 'ty_book',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    title: { type: 'text' },
    tags: { type: 'text', array: true, nullable: true },
    info: { type: 'jsonb', nullable: true },
  },
  relations: { author: { type: 'many-to-one', target: 'ty_author', joinColumn: true, onDelete: 'CASCADE' } },
});
const source = new DataSource({
  type: 'postgres',
  host: process.env.PGHOST,
  port: Number(process.env.PGPORT),
  username: process.env.PGUSER,
  database: process.env.PGDATABASE,
  entities: [Author, Book],
  synchronize: false,
  installExtensions: false,
});
await source.initialize();

check('synchronize', async () => {
  const first = await attempt(async () => {
    await source.synchronize();
    return 'made';
  });
  const plan = await attempt(async () => (await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query));
  return [first, plan];
});
check('repositories and relations', async () => {
  const authors = source.getRepository(Author);
  await authors.save([{ name: 'Ann', born: '1970-01-02', books: [{ title: 'One', tags: ['a'], info: { k: 1 } }, { title: 'Two' }] }, { name: 'Bob' }]);
  const found = await authors.find({ relations: { books: true }, order: { id: 'ASC', books: { id: 'ASC' } } });
  await authors.update({ name: 'Bob' }, { rating: 3.25 });
  const built = await source
    .getRepository(Book)
    .createQueryBuilder('b')
    .innerJoinAndSelect('b.author', 'a')
    .where('a.name = :name', { name: 'Ann' })
    .orderBy('b.id')
    .take(1)
    .getManyAndCount();
  return [found, built, await authors.findOneBy({ name: 'Bob' }), await authors.count()];
});
check('transactions', async () => {
  await attempt(() =>
    source.transaction('SERIALIZABLE', async (manager) => {
      await manager.save(Author, { name: 'gone' });
      throw new Error('back');
    }),
  );
  return source.getRepository(Author).count();
});
check('errors', () => attempt(() => source.query('SELECT no_col')));

await runChecks(`TypeORM ${versionOf('typeorm')}`);
await source.destroy();
