/**
 * What `npm run build:site` puts into the page beside its script: the worker's script and the shipped files. A page
 * opened from disk may not fetch them.
 *
 * @module
 */
import type { LabFiles } from './lab-task.ts';
import { BINARY, FILES_ELEMENT, WORKER_ELEMENT } from './page-elements.ts';

/** Starts a worker from the script inside the page. */
export function startLabWorker(): Worker {
  const script = [`const LAB = ${textOf(FILES_ELEMENT)};\n`, textOf(WORKER_ELEMENT)];
  const url = URL.createObjectURL(new Blob(script, { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}

/** The shipped files, by path: scenarios, topologies, and what they read. */
export function shippedFiles(): LabFiles {
  const { files } = JSON.parse(textOf(FILES_ELEMENT)) as { files: Record<string, string> };
  return readPageFiles(files);
}

/** The bytes of files that the page holds as texts. */
export function readPageFiles(files: Readonly<Record<string, string>>): LabFiles {
  const encoder = new TextEncoder();
  const read = (text: string): Uint8Array =>
    text.startsWith(BINARY)
      ? Uint8Array.from(atob(text.slice(BINARY.length)), (char) => char.charCodeAt(0))
      : encoder.encode(text);
  return new Map(Object.entries(files).map(([path, text]) => [path, read(text)]));
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}
