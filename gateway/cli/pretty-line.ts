/** pino's numbers of severities. */
const SEVERITIES: Readonly<Record<string, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' };

/** A line of the log as people read it: time, severity, message, then the fields. */
export function prettyLine(json: string): string {
  const { level, time, msg, ...fields }: Readonly<Record<string, unknown>> = JSON.parse(json);
  const words = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value)}`);
  return `${new Date(Number(time)).toISOString()} ${(SEVERITIES[String(level)] ?? String(level)).padEnd(5)} ${[String(msg), ...words].join(' ')}\n`;
}
