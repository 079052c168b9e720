/**
 * The data that `npm run build:site` puts into the page beside its script: the worker's script and the shipped files. A
 * page opened from disk may not fetch them.
 *
 * @module
 */
import { decompress } from 'lzma1';
import type { LabFiles } from './lab-task.ts';
import { BINARY, FILES_ELEMENT, PACKED, WORKER_ELEMENT } from './page-elements.ts';

/**
 * The script of an outer worker, which starts the real one and passes messages on between it and the page. A worker
 * that begins from a `data:` address has an origin of its own (HTML, "run a worker"), and so has every worker that it
 * starts: code there reaches no storage, no other pages of this site, and no network, since the page's policy holds
 * there too.
 */
const OUTER_WORKER = `onmessage = ({ data }) => {
  const worker = new Worker(URL.createObjectURL(data));
  worker.onmessage = (event) => postMessage(event.data);
  worker.onerror = (event) => { event.preventDefault(); setTimeout(() => { throw event.message; }); };
  onmessage = (event) => worker.postMessage(event.data);
};`;

let script: Blob | undefined;

/** Starts a worker from the script inside the page, in an origin of its own. */
export function startLabWorker(): Worker {
  const named = '//# sourceURL=file:///orrery/lab/worker.js';
  script ??= new Blob([`const LAB = ${textOf(FILES_ELEMENT)};\n`, workerScript(), `\n${named}`], {
    type: 'text/javascript',
  });
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(OUTER_WORKER)}`);
  worker.postMessage(script);
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
    text.startsWith(BINARY) ? bytesOf(text, BINARY) : encoder.encode(text);
  return new Map(Object.entries(files).map(([path, text]) => [path, read(text)]));
}

function workerScript(): BlobPart {
  const text = textOf(WORKER_ELEMENT);
  return text.startsWith(PACKED) ? (decompress(bytesOf(text, PACKED)) as BlobPart) : text;
}

function bytesOf(text: string, prefix: string): Uint8Array {
  return Uint8Array.from(atob(text.slice(prefix.length)), (char) => char.charCodeAt(0));
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}
