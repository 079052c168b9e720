/**
 * `npm run acceptance [-- FLAGS]`: runs `orrery scenario` with FLAGS and 30 seeds for every shipped scenario, one
 * after the other; ends with the worst of their exit codes.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HELP = `npm run acceptance [-- FLAGS]: every scenario of scenarios/ with 30 seeds

  FLAGS     those of \`npm run scenario\`, such as --seeds 3 or --queue ADDRESS
`;
const SEEDS = 30;
const INTERRUPTED = 130;
/** The exit codes of runs (docs/spec/run-files.md#exit-codes), the worst first. */
const WORST_FIRST: readonly number[] = [3, 6, 4, 2, 5, INTERRUPTED, 1, 0];

/** The command of each scenario: all but those that need a wall clock. */
export function acceptanceCommands(flags: readonly string[]): readonly (readonly string[])[] {
  const own = flags.some((flag) => /^--seeds?(=|$)/.test(flag)) ? [] : ['--seeds', `${SEEDS}`];
  return readdirSync(join(ROOT, 'scenarios'))
    .filter((name) => name.endsWith('.yaml') && !/^(emulate|soak)-/.test(name))
    .sort()
    .map((name) => [join(ROOT, 'cli/start.mjs'), 'scenario', name, ...own, ...flags]);
}

/** The exit code for a series of commands that ended with these codes. */
export function worstCodeOf(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? codes.find((code) => code !== 0) ?? 0;
}

async function runAll(commands: readonly (readonly string[])[]): Promise<number> {
  const codes: number[] = [];
  for (const command of commands) {
    const code = await run(command);
    codes.push(code);
    process.stdout.write('\n');
    if (code === INTERRUPTED) break;
  }
  const failed = codes.filter((code) => code !== 0).length;
  const left = commands.length - codes.length;
  const unrun = left === 0 ? '' : `, ${left} not run`;
  process.stdout.write(`${codes.length - failed} passed, ${failed} failed${unrun}\n`);
  return worstCodeOf(codes);
}

/** Runs a command; resolves with its exit code. Ctrl-C reaches the command too, which then ends early and says so. */
function run(command: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, command, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? INTERRUPTED));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flags = process.argv.slice(2);
  if (flags.includes('--help')) {
    process.stdout.write(HELP);
  } else {
    process.on('SIGINT', () => undefined);
    process.exitCode = await runAll(acceptanceCommands(flags));
  }
}
