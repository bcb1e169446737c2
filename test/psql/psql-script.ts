import { spawn } from 'node:child_process';

/** Where psql connects. */
export interface PsqlTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

const MARK = '---- command';
const TIMEOUT_MS = 60_000;

/** Runs commands one after another in one psql, after a preparation; what each printed, errors included, by position. */
export function runPsql(target: PsqlTarget, preparation: readonly string[], commands: readonly string[]): Promise<readonly string[]> {
  const script = [...preparation, ...commands.flatMap((command) => [`\\echo ${MARK}`, command])].join('\n');
  return new Promise((resolve, reject) => {
    const child = spawn(
      'sh',
      // One stream for both outputs keeps errors in their places.
      ['-c', 'exec psql -X -q -h "$0" -p "$1" -U "$2" -d "$3" -f - 2>&1', target.host, String(target.port), target.user, target.database],
      { env: { ...process.env, PAGER: '', LC_ALL: 'C.UTF-8', PGTZ: 'UTC' }, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    let output = '';
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      const [before = '', ...parts] = output.split(`${MARK}\n`);
      if (before.trim() !== '' || parts.length !== commands.length) {
        reject(new Error(`psql printed ${parts.length} of ${commands.length} results:\n${output}`));
        return;
      }
      resolve(
        parts.map((part) =>
          part
            .replaceAll(/^psql:<stdin>:\d+: /gm, '')
            .replaceAll(/[ \t]+$/gm, '')
            .trim(),
        ),
      );
    });
    child.stdin.end(`${script}\n`);
  });
}
