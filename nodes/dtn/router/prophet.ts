/**
 * PRoPHET version 2 (RFC 6693) with the forwarding strategy GRTR (section 3.6): a neighbour gets a
 * copy if it is likelier to meet the destination than this node. Tables travel in the record of an
 * encounter, not in the TLVs of section 4.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HeldBundle } from '../agent/held-bundle.ts';
import { Predictabilities, type ProphetParameters } from './predictability.ts';
import { readTable, writeTable } from './record-table.ts';
import type { CopyRouter, Offer } from './router.ts';

/** Resolution of a value in a record. */
const PARTS = 1e9;
const COPY: Offer = { handsOver: false };

/** Gives bundles to neighbours that are likelier to deliver them. */
export class ProphetRouter implements CopyRouter {
  readonly #own: string;
  readonly #isKnown: (name: string) => boolean;
  readonly #table: Predictabilities;
  /** Tables of neighbours, as they were at the last encounter. */
  readonly #theirs = new Map<string, ReadonlyMap<string, number>>();

  /** @param isKnown True for hosts of the network, which bound all tables. */
  constructor(own: string, parameters: ProphetParameters, isKnown: (name: string) => boolean) {
    this.#own = own;
    this.#isKnown = isKnown;
    this.#table = new Predictabilities(parameters);
  }

  /** The values of this node's table. */
  get values(): readonly (readonly [string, number])[] {
    return this.#table.all();
  }

  met(neighbour: string, nowNs: Nanoseconds): void {
    this.#table.age(nowNs);
    this.#table.meet(neighbour, nowNs);
  }

  record(): Uint8Array {
    return writeTable(this.values.map(([name, value]) => [name, Math.round(value * PARTS)]));
  }

  heard(neighbour: string, record: Uint8Array): boolean {
    const rows = readTable(record);
    if (rows === undefined || rows.some(([, parts]) => parts > PARTS)) return false;
    const known = rows
      .filter(([name]) => name !== this.#own && this.#isKnown(name))
      .map(([name, parts]) => [name, parts / PARTS] as const);
    this.#theirs.set(neighbour, new Map(known));
    this.#table.learn(neighbour, known);
    return true;
  }

  offer({ destination = '' }: HeldBundle, neighbour: string): Offer | undefined {
    const theirs = this.#theirs.get(neighbour)?.get(destination) ?? 0;
    return theirs > this.#table.of(destination) ? COPY : undefined;
  }
}
