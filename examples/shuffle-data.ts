import { connect } from 'sluice';

/** The same rows in no order, in 4 files, compressed. */
export async function shuffleData(data: string): Promise<readonly string[]> {
  await using session = await connect({ data });
  return session
    .readParquet('records.parquet')
    .randomShuffle(4)
    .writeParquet('records_shuffled', { mode: 'overwrite', options: { compression: 'zstd' } });
}
