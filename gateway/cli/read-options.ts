import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CommandName, OptionDefinition, OptionValues } from './options.js';
import { OPTION_DEFINITIONS, checkOption } from './options.js';
import { UsageError } from './usage-error.js';

/** A command line after reading: values by option name, and the words that are no options. */
export interface ReadOptions {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
}

/** Reads flags, SLUICE_* variables and the config file, in this order of precedence. Throws UsageError. */
export function readOptions(command: CommandName, argv: readonly string[], environment: NodeJS.ProcessEnv): ReadOptions {
  const definitions = OPTION_DEFINITIONS.filter((definition) => definition.commands.includes(command));
  const { flags, positionals } = readFlags(command, definitions, argv);
  const values = new Map<string, string>();
  const variables = readVariables(environment);
  const configPath = flags.get('config') ?? variables.get('config');
  for (const [name, value] of configPath === undefined ? [] : readConfigFile(configPath)) {
    const definition = definitions.find((item) => item.name === name);
    if (definition === undefined) {
      throw new UsageError(`${configPath}: "${name}" is no option of sluice ${command}`);
    }
    values.set(name, checkOption(definition, value, `${configPath}: ${name}`));
  }
  for (const definition of definitions) {
    const variable = variables.get(definition.name);
    if (variable !== undefined) {
      values.set(definition.name, checkOption(definition, variable, variableName(definition.name)));
    }
    const flag = flags.get(definition.name);
    if (flag !== undefined) {
      values.set(definition.name, checkOption(definition, flag, `--${definition.name}`));
    }
  }
  return { values, positionals };
}

function readFlags(
  command: CommandName,
  definitions: readonly OptionDefinition[],
  argv: readonly string[],
): { readonly flags: ReadonlyMap<string, string>; readonly positionals: readonly string[] } {
  try {
    const options = Object.fromEntries(definitions.map((definition) => [definition.name, { type: 'string' as const }]));
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    const flags = new Map<string, string>();
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string') {
        flags.set(name, value);
      }
    }
    return { flags, positionals };
  } catch (error) {
    if (error instanceof TypeError) {
      throw new UsageError(`sluice ${command}: ${error.message}`);
    }
    throw error;
  }
}

function variableName(option: string): string {
  return `SLUICE_${option.toUpperCase().replaceAll('-', '_')}`;
}

function readVariables(environment: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const [key, value] of Object.entries(environment)) {
    const known = OPTION_DEFINITIONS.find((definition) => variableName(definition.name) === key);
    if (value === undefined || !key.startsWith('SLUICE_')) {
      continue;
    }
    if (known !== undefined) {
      variables.set(known.name, value);
    } else if (!key.startsWith('SLUICE_TEST_') && key !== 'SLUICE_UPDATE') {
      throw new UsageError(`${key}: no such option`);
    }
  }
  return variables;
}

function readConfigFile(path: string): readonly (readonly [string, string])[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read config file ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UsageError(`${path}: a JSON object of options is expected`);
  }
  return Object.entries(content).map(([name, value]) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new UsageError(`${path}: "${name}" must be a string, a number or a boolean`);
    }
    return [name, String(value)];
  });
}

/** What `sluice --help` prints. */
export function helpText(): string {
  const rows = OPTION_DEFINITIONS.map((definition) => {
    const left = `  --${definition.name} ${definition.argument}`;
    return `${left.padEnd(28)}${definition.description} (${definition.defaultText}) [${definition.commands.join(', ')}]`;
  });
  return [
    'sluice serve --data DIR [options]        serve the files in DIR to Postgres clients',
    'sluice sql --data DIR "SELECT ..."       run statements and print their rows',
    'sluice executor --redis URL --data DIR   run the queries of a cluster, which sluice serve --redis URL takes in',
    '',
    'Options; each may also be an environment variable (SLUICE_ and the name in capitals) or a key of the --config file:',
    ...rows,
    '',
  ].join('\n');
}
