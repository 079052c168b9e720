/**
 * Runs the command of the command line: `orrery <command>`; one small file per command.
 *
 * @module
 */
import { CommanderError } from 'commander';
import { addCommands, wantedBy } from './commands.ts';
import { exitWith, reportProblem } from './exit.ts';
import { makeProgram } from './program.ts';
import { refuseSwallowed } from './swallowed-flags.ts';
import { guardWorkflow } from './workflow-commands.ts';

/** Runs the command that this process was started with. */
export async function runCommand(): Promise<void> {
  guardWorkflow(process.env, process.stdout, process.stderr);
  const isJson = process.argv.includes('--json');
  // If a reader closes stdout early (`| head`), that is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? undefined : reportProblem(error, false));
  });
  const program = makeProgram();
  await addCommands(program, wantedBy(process.argv.slice(2)));
  // Errors that no caller can catch end with the same message as those that one can.
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => process.exit(reportProblem(error, isJson)));
  try {
    refuseSwallowed(program, process.argv.slice(2), process.env);
    await program.parseAsync(process.argv);
  } catch (error) {
    // Commander has printed its own message; help and version are no failures.
    if (error instanceof CommanderError) exitWith(error.exitCode === 0 ? 0 : 2);
    else exitWith(reportProblem(error, isJson));
  }
}
