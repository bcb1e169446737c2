import { connect } from 'sluice';

/** URLs in 4 files: all URLs of a host are in one of them, sorted by host and URL. */
export async function sortMockUrls(data: string): Promise<readonly string[]> {
  await using session = await connect({ data });
  const options = { header: false, delim: '\t', names: ['urlstr', 'payload'], allVarchar: true };
  return session
    .readCsv('urls/*.tsv', { options })
    .map([`split_part(urlstr, '/', 1) AS host`, `split_part(urlstr, ' ', 1) AS url`, 'payload'])
    .repartition(4, { hashBy: 'host' })
    .partialSort('host', 'url', 'payload')
    .writeParquet('urls_sorted', { mode: 'overwrite' });
}
