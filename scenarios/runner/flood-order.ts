/**
 * Types shared by those who order floods and those who carry them out.
 *
 * @module
 */
import type { ForgeryParts } from '../../engine/host/forgery.ts';
import type { FloodSpec } from '../model.ts';

/** A flood about to begin, as plain data that also goes to agents in other processes. */
export interface FloodOrder {
  /** Names the stream of its random bytes: the event and its instant. */
  readonly id: string;
  readonly flood: FloodSpec;
}

/** Makes datagrams; `port` is the target's. */
export interface Forger {
  readonly port: number;
  readonly address: string;
  readonly next: () => Uint8Array;
}

/** What the sending host lends to a forger. */
export type ForgerTools = Pick<ForgeryParts, 'crypto' | 'random' | 'clock'>;

/** Creates the forger of a flood from what the runner knows. */
export type MakeForger = (order: FloodOrder) => (tools: ForgerTools) => Forger;
