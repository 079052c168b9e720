/**
 * The command line as `npm run` starts it: made ready once for all tests.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';

/** What node starts with to run the command line. */
export const COMMAND_LINE: string = fileURLToPath(new URL('../cli/start.mjs', import.meta.url));

/** What node starts with to run it from its sources, module by module. */
export const FROM_SOURCE: readonly string[] = ['--import', 'tsx', 'cli/main.ts'];
