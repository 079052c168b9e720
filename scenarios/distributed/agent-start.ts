/**
 * Runs an agent in this process; the built form begins here.
 *
 * @module
 */
import { runAgent } from './agent-main.ts';

const end = await runAgent();
process.exit(end.kind === 'done' ? 0 : 1);
