-- The lowest and highest price of every ticker, partition by partition. Run by: sluice sql --data DIR "$(cat examples/quickstart.sql)"
COPY (
  SELECT /*+ DISTRIBUTED PARTITION(p, HASH(ticker), 3) */ ticker, min(price) AS lowest, max(price) AS highest
  FROM read_parquet('prices.parquet') AS p
  GROUP BY ticker
) TO 'lowest_and_highest' (FORMAT parquet, OVERWRITE);
