/**
 * The API of a SCION daemon for programs outside Orrery: the public interface of this folder.
 *
 * @module
 */
export type { AskControlService } from './calls.ts';
export { type DaemonServer, DaemonStartError, startDaemonServer } from './server.ts';
