#!/usr/bin/env node
import { SLUICE_VERSION } from '../settings/definitions.js';
import { UsageError } from './usage-error.js';
import { helpText } from './read-options.js';
import { runExecutor } from './executor.js';
import { runServe } from './serve.js';
import { runSql } from './sql.js';

/** Exit status for a mistake in the command line. */
const EXIT_USAGE = 2;

function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'serve':
      return runServe(rest);
    case 'sql':
      return runSql(rest);
    case 'executor':
      return runExecutor(rest);
    case '--version':
      process.stdout.write(`sluice ${SLUICE_VERSION}\n`);
      return Promise.resolve(0);
    case undefined:
    case 'help':
    case '--help':
      process.stdout.write(helpText());
      return Promise.resolve(command === undefined ? EXIT_USAGE : 0);
    default:
      throw new UsageError(`no such command: ${command}; try sluice --help`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`sluice: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  } else {
    process.stderr.write(`sluice: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
