/**
 * Words shared by those who order floods and those who carry them out. Types only.
 *
 * @module
 */
import type { ForgeryParts } from '../../engine/host/forgery.ts';
import type { FloodSpec } from '../model.ts';

/** A flood that begins, as plain data: agents of other processes get it, too. */
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

/** Makes the forger of a flood, of what the runner knows. */
export type MakeForger = (order: FloodOrder) => (tools: ForgerTools) => Forger;
