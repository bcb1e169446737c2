-- URLs and their payloads, sorted by host and URL. The files hold no header: columns are named here.
COPY (
  SELECT split_part(urlstr, '/', 1) AS host, split_part(urlstr, ' ', 1) AS url, payload
  FROM read_csv('urls/*.tsv', header => false, delim => E'\t', names => ARRAY['urlstr', 'payload'], all_varchar => true)
  ORDER BY host, url, payload
) TO 'urls_sorted' (FORMAT parquet, OVERWRITE);
