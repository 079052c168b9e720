/**
 * The daemon's API for SCION programs of others: the public interface.
 *
 * @module
 */
export type { AskControlService } from './calls.ts';
export { type DaemonServer, DaemonStartError, startDaemonServer } from './server.ts';
