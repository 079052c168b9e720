/**
 * The command line as one file that node starts in a quarter of the time that it takes from source.
 * It does what the sources do, threads included; only a user's TypeScript needs the sources' loader.
 *
 * @module
 */
import { type AgentProgram, agentProgram } from '../scenarios/distributed/agent-bundle.ts';

/** Makes the file; whoever asks for it removes it. */
export const commandLine = (): Promise<AgentProgram> =>
  agentProgram(new URL('../cli/main.ts', import.meta.url).href);

/** What node starts with to run the command line from its sources. */
export const FROM_SOURCE: readonly string[] = ['--import', 'tsx', 'cli/main.ts'];
