-- The same rows dealt out over 4 files.
COPY (SELECT /*+ PARTITION(r, RANDOM, 4) */ * FROM read_parquet('records.parquet') AS r) TO 'records_shuffled' (FORMAT parquet, OVERWRITE);
