import { connect } from 'sluice';

/** Records to sort: a 10-byte key and a 90-byte payload each, as gensort makes them. */
export async function generateRecords(data: string, count: number): Promise<void> {
  await using session = await connect({ data });
  await session
    .sql(`SELECT substr(md5(i::text), 1, 10)::bytea AS key, rpad(i::text, 90, '.')::bytea AS payload FROM generate_series(1, ${count}) AS t(i)`)
    .writeParquet('records.parquet', { mode: 'overwrite' });
}

/** Sorts the records by key in 4 ranges and checks that none is lost and that every file ends before the next begins. */
export async function graySort(data: string): Promise<readonly string[]> {
  await using session = await connect({ data });
  const records = session.readParquet('records.parquet');
  const files = await records.repartition(4, { rangeBy: 'key' }).partialSort('key').writeParquet('records_sorted', { mode: 'overwrite' });
  if ((await session.readParquet('records_sorted').count()) !== (await records.count())) {
    throw new Error('records were lost');
  }
  let last = '';
  for (const file of files) {
    const [ends] = await session.readParquet(file).aggregate(`min(encode(key, 'hex')) AS first`, `max(encode(key, 'hex')) AS last`).takeAll();
    if (String(ends?.['first']) < last) {
      throw new Error(`${file} begins before the file before it ends`);
    }
    last = String(ends?.['last']);
  }
  return files;
}
