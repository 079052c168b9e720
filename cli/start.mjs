#!/usr/bin/env node
/**
 * Starts the command line without loading and translating its modules one by one: the first command
 * after a change bundles them (ADR 0030). If that is impossible, they are loaded one by one.
 *
 * @module
 */
import { FORM, loadPrepared, readTypeScript, usePrepared } from '../engine/live/prepared.mjs';
import { preparedFolder } from './prepared-store.mjs';

const program = prepared();
if (program === undefined) {
  await readTypeScript();
  await import(`./main.${FORM}`);
} else {
  process.once('exit', program.keep);
  await program.exports.runCommand();
}

/** The bundled command line; undefined if there is none. */
function prepared() {
  const folder = preparedFolder();
  if (folder === undefined) return undefined;
  usePrepared(folder);
  // Help and version use little of the code, so their compiled code is stored separately from that
  // of commands.
  const isFront = (process.argv[2] ?? '-').startsWith('-');
  return loadPrepared('command', isFront ? 'front' : 'command');
}
