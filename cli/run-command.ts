/**
 * Runs the command of the command line: `orrery <command>`; one small file per command.
 *
 * @module
 */
import { CommanderError } from 'commander';
import { ConfigError } from '../topologies/files/config-error.ts';
import { addCommands, wantedCommandPredicate } from './commands.ts';
import { printFirstProblem, setExitCode } from './exit.ts';
import { addFromHereOption, changeToCallerFolder, fromHereHint } from './from-here.ts';
import { makeProgram } from './program.ts';
import { refuseFlagsSwallowedByNpm } from './swallowed-flags.ts';
import { filterWorkflowCommands } from './workflow-commands.ts';

/** Runs the command that this process was started with. */
export async function runCommand(): Promise<void> {
  filterWorkflowCommands(process.env, process.stdout, process.stderr);
  const isJson = process.argv.includes('--json');
  // If a reader closes stdout early (`| head`), that is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? undefined : printFirstProblem(error, false));
  });
  const words = process.argv.slice(2);
  const caller = process.env['INIT_CWD'];
  changeToCallerFolder(words, caller);
  const program = makeProgram();
  await addCommands(program, wantedCommandPredicate(words));
  addFromHereOption(program.commands);
  // Errors that nothing catches end the process with the same message as errors caught below.
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => process.exit(printFirstProblem(error, isJson)));
  try {
    refuseFlagsSwallowedByNpm(program, words, process.env);
    await program.parseAsync(process.argv);
  } catch (error) {
    // Commander has printed its own message; help and version are not failures.
    if (error instanceof CommanderError) setExitCode(error.exitCode === 0 ? 0 : 2);
    else {
      setExitCode(printFirstProblem(error, isJson));
      const hint = error instanceof ConfigError ? fromHereHint(words.slice(1), caller) : undefined;
      if (hint !== undefined && !isJson) process.stderr.write(`   hint: ${hint}\n`);
    }
  }
}
