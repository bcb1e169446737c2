/** How the pool of executor processes is set up. */
export interface ExecutorPoolOptions {
  /** Processes kept warm, and tasks of one distributed query that run at the same time. */
  readonly executorCount: number;
  /** Most processes at any time; further statements wait for one. */
  readonly executorCountMax: number;
  /** DuckDB threads of a statement that runs whole. */
  readonly threads: number;
  /** Memory of all statements together. */
  readonly memoryBytes: number;
  /** Where DuckDB spills; every process has a folder of its own in it. */
  readonly spillDirectory: string;
  /** Where shuffle files are; every query has a folder of its own in it. */
  readonly shuffleDirectory: string;
  /** Directories SQL may read. */
  readonly readableRoots: readonly string[];
  /** Directories SQL may write. */
  readonly writableRoots: readonly string[];
  readonly log: PoolLog;
}

/** Where the pool reports what happens to its processes; pino's shape. */
export interface PoolLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The pool's state for people and metrics. */
export interface ExecutorPoolStatus {
  readonly idle: number;
  readonly leased: number;
  readonly starting: number;
  readonly waiting: number;
  readonly processIds: readonly number[];
}
