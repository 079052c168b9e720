/**
 * Runs a command of the command line in this process, which takes a hundredth of the start of a process: for
 * commands that refuse what they are given, or that start no thread. What processes promise (signals, exit codes
 * of threads, closed pipes) needs one.
 *
 * @module
 */
import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { addCommands, wantedCommandPredicate } from '../cli/commands.ts';
import { printProblem } from '../cli/exit.ts';
import { makeProgram } from '../cli/program.ts';
import { refuseFlagsSwallowedByNpm } from '../cli/swallowed-flags.ts';

/** How a command ended, and what it printed. */
export interface EndedHere {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const ENVIRONMENT = { CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };

/**
 * Runs `orrery ...` in a folder, without a terminal. One command after the other: it is the process that has a
 * folder, words and streams.
 */
export async function orreryHere(folder: string, words: readonly string[]): Promise<EndedHere> {
  const before = { argv: process.argv, cwd: process.cwd(), exitCode: process.exitCode };
  const [stdout, stderr] = [kept(process.stdout), kept(process.stderr)];
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  process.argv = ['node', 'orrery', ...words];
  process.chdir(folder);
  try {
    const status = await statusOf(words);
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(before.cwd);
    process.argv = before.argv;
    process.exitCode = before.exitCode;
    vi.unstubAllEnvs();
    stdout.restore();
    stderr.restore();
  }
}

/** As cli/run-command.ts does, which is for one command in the life of a process. */
async function statusOf(words: readonly string[]): Promise<number | undefined> {
  const program = makeProgram();
  await addCommands(program, wantedCommandPredicate(words));
  process.exitCode = undefined;
  try {
    refuseFlagsSwallowedByNpm(program, words, process.env);
    await program.parseAsync(process.argv);
    return process.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return printProblem(error, words.includes('--json'));
  }
}

/** Keeps what is written to a stream, instead of writing it. */
function kept(stream: NodeJS.WriteStream): { readonly text: () => string; restore(): void } {
  const parts: string[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((part) => {
    parts.push(typeof part === 'string' ? part : Buffer.from(part).toString());
    return true;
  });
  return { text: () => parts.join(''), restore: () => spy.mockRestore() };
}
