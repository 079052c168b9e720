/**
 * The command line without its commands: name, help, version, and how mistakes are printed.
 *
 * Errors have the form of docs/spec/error-messages.md with the command in place of the source line.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { commandText } from '../scenarios/command-text.ts';
import { FlagError } from './exit.ts';
import { hidePasswords } from './hide-passwords.ts';
import { projectFilePath } from './project.ts';

const HELLO = commandText(['scenario', 'hello.yaml']);
const SEEDS = commandText(['scenario', 'failover.yaml'], ['--seeds', '30']);
const FIRST_LINES = `Examples:
  ${HELLO.padEnd(50)} the first verdict
  ${SEEDS.padEnd(50)} with confidence intervals

`;

/**
 * Creates the command line program without its commands: its name, help, version and error
 * messages.
 */
export function makeProgram(): Command {
  const program = new Command('orrery');
  return program
    .description('Runs real protocol code on simulated or real networks and judges it by KPIs.')
    .version(versionOf(), '-v, --version')
    .addHelpText('before', FIRST_LINES)
    .addHelpText('after', '\nDocumentation: docs/ (start with README.md)')
    .showSuggestionAfterError(true)
    .hook('preAction', (_, action) => checkSeeds(action))
    .configureOutput({
      outputError: (text, write) => write(hidePasswords(`orrery: ${text.replace(/^error: /, '')}`)),
    })
    .exitOverride();
}

/** @throws FlagError if both `--seed` and `--seeds` are given. */
function checkSeeds(action: Command): void {
  const isGiven = (name: string): boolean => action.getOptionValueSource(name) === 'cli';
  if (!isGiven('seed') || !isGiven('seeds')) return;
  throw new FlagError(
    '--seed and --seeds ask for different seeds',
    '--seeds',
    'leave out one of them',
  );
}

/** The version of this program, `1.2.3`. */
export function versionOf(): string {
  const text = readFileSync(projectFilePath('package.json'), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
