/**
 * What `npm run build:site` puts into the page beside its script: the worker's script and the shipped files. A page
 * opened from disk may not fetch them.
 *
 * @module
 */
import type { LabFiles } from './lab-task.ts';

/** Element of the page that holds the script of workers. */
export const WORKER_ELEMENT = 'lab-worker';
/** Element of the page that holds the shipped files. */
export const FILES_ELEMENT = 'lab-files';

/** Starts a worker from the script inside the page. */
export function startLabWorker(): Worker {
  const script = [textOf(FILES_ELEMENT), textOf(WORKER_ELEMENT)];
  const url = URL.createObjectURL(new Blob(script, { type: 'text/javascript' }));
  return new Worker(url);
}

/** The shipped files, by path: scenarios, topologies, and what they read. */
export function shippedFiles(): LabFiles {
  throw new Error('not yet');
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}
