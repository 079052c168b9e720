/**
 * How tests start the command line: bundled once for all tests, or from its sources.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';

/** Arguments for node that start the bundled command line. */
export const COMMAND_LINE: string = fileURLToPath(new URL('../cli/start.mjs', import.meta.url));

/** Arguments for node that run the command line from its sources, module by module. */
export const FROM_SOURCE: readonly string[] = ['--import', 'tsx', 'cli/main.ts'];
