/**
 * The elements of a page that hold what its workers need.
 *
 * @module
 */

/** Element that holds the script of workers. */
export const WORKER_ELEMENT = 'lab-worker';
/** Element that holds the shipped files as JSON: `{ commit, files }`, texts by path. */
export const FILES_ELEMENT = 'lab-files';
/** Prefix of a script that is packed by LZMA; base64 follows. */
export const PACKED = 'data:application/x-lzma;base64,';
/** Prefix of a file that is no text; base64 follows. */
export const BINARY = 'data:base64,';
