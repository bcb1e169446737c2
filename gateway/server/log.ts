/** How much a log line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the server's log goes: a level, fields for machines, a sentence for people. */
export type Log = (level: LogLevel, fields: Readonly<Record<string, unknown>>, message: string) => void;
