#!/usr/bin/env node
/**
 * Starts the command line from its sources without loading and translating them one by one: they are
 * bundled when the first command runs after a change (ADR 0030). Where that cannot be done, they are
 * loaded one by one.
 *
 * @module
 */
import { loadPrepared, usePrepared } from '../engine/live/prepared.mjs';
import { preparedFolder } from './prepared-store.mjs';

const program = prepared();
if (program === undefined) {
  if (!process.features.typescript) (await import('tsx/esm/api')).register();
  await import('./main.ts');
} else {
  process.once('exit', program.keep);
  await program.exports.runCommand();
}

/** The command line as one file; undefined when there is none. */
function prepared() {
  const folder = preparedFolder();
  if (folder === undefined) return undefined;
  usePrepared(folder);
  // Help and version use little of it, all others much the same.
  const isFront = (process.argv[2] ?? '-').startsWith('-');
  return loadPrepared('command', isFront ? 'front' : 'command');
}
