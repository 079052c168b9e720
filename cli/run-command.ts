/**
 * Runs the command of the command line: `orrery <command>`; one small file per command. Commands that
 * keep the repository are not in the package.
 *
 * @module
 */
import { CommanderError } from 'commander';
import { IS_SOURCE } from '../engine/live/own-form.ts';
import { addAcceptance } from './acceptance.ts';
import { addCalibrate } from './calibrate.ts';
import { addCompare } from './compare.ts';
import { addCompletion } from './completion.ts';
import { addEmulate } from './emulate.ts';
import { exitWith, reportProblem } from './exit.ts';
import { addHealth } from './health.ts';
import { addLive } from './live.ts';
import { addNode } from './node.ts';
import { makeProgram } from './program.ts';
import { addScenario } from './scenario.ts';
import { addSweep } from './sweep.ts';
import { addVerify } from './verify.ts';
import { addViz } from './viz.ts';
import { guardWorkflow } from './workflow-commands.ts';

guardWorkflow(process.env, process.stdout, process.stderr);
const isJson = process.argv.includes('--json');
const program = makeProgram();
addScenario(program);
addLive(program);
addNode(program);
addEmulate(program);
addSweep(program);
addCompare(program);
addViz(program);
addVerify(program);
addCalibrate(program);
addHealth(program);
addAcceptance(program);
if (IS_SOURCE) {
  const { addRequirements } = await import('./requirements.ts');
  addRequirements(program);
}
addCompletion(program);

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? undefined : reportProblem(error, false));
});
// What no caller can catch ends in the same words as what one can.
process.removeAllListeners('uncaughtException');
process.on('uncaughtException', (error) => process.exit(reportProblem(error, isJson)));

try {
  await program.parseAsync(process.argv);
} catch (error) {
  // Commander has printed its own message; help and version are no failures.
  if (error instanceof CommanderError) exitWith(error.exitCode === 0 ? 0 : 2);
  else exitWith(reportProblem(error, isJson));
}
