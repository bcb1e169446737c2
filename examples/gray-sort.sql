-- Records of a 10-byte key and a 90-byte payload in the order of their keys: file after file, row after row.
COPY (SELECT /*+ DISTRIBUTED PARTITIONS(4) */ key, payload FROM read_parquet('records.parquet') ORDER BY key) TO 'records_sorted' (FORMAT parquet, OVERWRITE);
