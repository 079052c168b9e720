/**
 * Entry of an agent's process: loads the prepared agent from the folder named on its command line. If no
 * folder is named, loads the agent's modules one by one (engine/live/prepared.mjs).
 *
 * @module
 */
import { loadProgram, usePrepared } from '../engine/live/prepared.mjs';

const [, , folder] = process.argv;
if (folder !== undefined) usePrepared(folder);
const { exports, keep } = await loadProgram('agent', new URL('./agent-start', import.meta.url));
process.once('exit', keep);
exports.runAgent();
