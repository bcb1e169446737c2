import { connect } from 'sluice';

/** The lowest and highest price of every ticker: rows of a ticker meet in one of 3 partitions, and SQL runs in each. */
export async function quickstart(data: string): Promise<void> {
  await using session = await connect({ data });
  const prices = session.readParquet('prices.parquet').repartition(3, { hashBy: 'ticker' });
  const extremes = session.partialSql('SELECT ticker, min(price) AS lowest, max(price) AS highest FROM {0} GROUP BY ticker', prices);
  await extremes.writeParquet('lowest_and_highest', { mode: 'overwrite' });
  for (const row of await extremes.sort('ticker').take(5)) {
    process.stdout.write(`${String(row['ticker'])}: ${String(row['lowest'])} to ${String(row['highest'])}\n`);
  }
}
