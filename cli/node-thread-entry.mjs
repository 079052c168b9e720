/**
 * Entry of the thread in which `orrery node` runs: the same command line as that of its process, whose
 * main thread stays free for signals (node-thread.ts).
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { FORM, loadPrepared, readTypeScript } from '../engine/live/prepared.mjs';

const BEAT_MS = 100;
const program = loadPrepared('command');
// Only the main thread receives signals. It passes them on to the handlers of the process, which are here.
parentPort.on('message', (signal) => {
  if (!process.emit(signal, signal)) parentPort.postMessage(signal);
});
parentPort.unref();
const beats = new Int32Array(workerData);
setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
if (program === undefined) {
  await readTypeScript();
  await import(`./main.${FORM}`);
} else {
  process.once('exit', program.keep);
  await program.exports.runCommand();
}
