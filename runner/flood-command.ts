/**
 * Types shared by the code that starts floods and the code that carries them out.
 *
 * @module
 */
import type { AttackerKnowledge } from '../engine/host/forgery.ts';
import type { FloodSpec } from '../scenarios/fault-parts.ts';

/** A flood that is about to begin, as plain data that can be sent to agents in other processes. */
export interface FloodCommand {
  /** The name of the stream of its random bytes: the event and its instant. */
  readonly id: string;
  readonly flood: FloodSpec;
}

/** Makes forged datagrams, or what is written on forged streams; address and port are those of the target. */
export interface Forger {
  readonly port: number;
  readonly address: string;
  readonly isStream: boolean;
  readonly next: () => Uint8Array;
}

/** What a forger may use of the sending host. */
export type ForgerTools = Pick<AttackerKnowledge, 'crypto' | 'random' | 'clock'>;

/** Creates the forger of a flood from the facts that the runner knows. */
export type MakeForger = (command: FloodCommand) => (tools: ForgerTools) => Forger;
