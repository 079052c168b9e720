/**
 * PRoPHET version 2 (RFC 6693) with the forwarding strategy GRTR (section 3.6): a neighbour gets a copy
 * if it is likelier to meet the destination than this node. Tables are exchanged in encounter records,
 * not in the TLVs of section 4. With a durable store the table survives a restart, and ages while the
 * node is down.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { CBOR_ARRAY, CBOR_BYTES, CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import type { HeldBundle } from '../agent/held-bundle.ts';
import { PredictabilityTable, type ProphetParameters } from './predictability.ts';
import { decodeRouterTable, encodeRouterTable, type RouterTableRow } from './record-table.ts';
import type { CopyOffer, CopyRouter } from './router.ts';

/** Predictabilities are sent as whole numbers; this one stands for 1. */
const PARTS = 1e9;
/** Number of elements of the array that {@link ProphetRouter.memory} writes. */
const MEMORY_ELEMENTS = 3;
const COPY: CopyOffer = { handsOver: false };

/** Gives bundles to neighbours that are likelier to deliver them. */
export class ProphetRouter implements CopyRouter {
  readonly #own: string;
  readonly #isKnown: (name: string) => boolean;
  readonly #table: PredictabilityTable;
  /** Tables of neighbours, as they were at the last encounter. */
  readonly #theirs = new Map<string, ReadonlyMap<string, number>>();
  /** True if the table has changed since {@link memory} was last called. */
  #hasChanged = false;

  /**
   * @param isKnown True for names of hosts of the network; other names are ignored, which limits the
   * tables.
   */
  constructor(own: string, parameters: ProphetParameters, isKnown: (name: string) => boolean) {
    this.#own = own;
    this.#isKnown = isKnown;
    this.#table = new PredictabilityTable(parameters);
  }

  /** The predictabilities of this node, sorted by name of the other node. */
  get values(): readonly (readonly [string, number])[] {
    return this.#table.all();
  }

  met(neighbour: string, nowNs: Nanoseconds): void {
    this.#table.age(nowNs);
    this.#table.meet(neighbour, nowNs);
    this.#hasChanged = true;
  }

  record(): Uint8Array {
    return encodeRouterTable(this.values.map(([name, value]) => [name, Math.round(value * PARTS)]));
  }

  heard(neighbour: string, record: Uint8Array): boolean {
    const rows = decodeRouterTable(record);
    if (rows === undefined || rows.some(([, parts]) => parts > PARTS)) return false;
    const known = this.#ofOthers(rows);
    this.#theirs.set(neighbour, new Map(known));
    this.#table.learn(neighbour, known);
    this.#hasChanged = true;
    return true;
  }

  /**
   * The state for a restart, as a CBOR array: instant up to which values are aged, table of values,
   * table of last encounters; instants in ns. Undefined if it has not changed since the last call.
   */
  memory(): Uint8Array | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    const writer = new CborWriter();
    writer.array(MEMORY_ELEMENTS);
    writer.uint(this.#table.agedNs);
    writer.string(this.record());
    writer.string(encodeRouterTable(this.#table.meetings()));
    return writer.taken();
  }

  resume(memory: Uint8Array): boolean {
    const reader = new CborReader();
    reader.open(memory, 0, memory.length);
    if (!reader.expect(CBOR_ARRAY) || reader.argument !== MEMORY_ELEMENTS) return false;
    if (!reader.expect(CBOR_UINT) || !reader.isExact) return false;
    const agedNs = reader.argument;
    const values = readInnerTable(reader);
    const meetings = readInnerTable(reader);
    if (values === undefined || meetings === undefined || reader.at !== reader.end) return false;
    if (values.some(([, parts]) => parts > PARTS)) return false;
    this.#table.restore({ values: this.#ofOthers(values), meetings, agedNs });
    return true;
  }

  offer({ destination = '' }: HeldBundle, neighbour: string): CopyOffer | undefined {
    const theirs = this.#theirs.get(neighbour)?.get(destination) ?? 0;
    return theirs > this.#table.of(destination) ? COPY : undefined;
  }

  /** The rows about other nodes of the network; rows with other names are left out. */
  #ofOthers(rows: readonly RouterTableRow[]): readonly RouterTableRow[] {
    return rows
      .filter(([name]) => name !== this.#own && this.#isKnown(name))
      .map(([name, parts]) => [name, parts / PARTS] as const);
  }
}

/** Reads a table that is encoded within a byte string; undefined if it is malformed. */
function readInnerTable(reader: CborReader): readonly RouterTableRow[] | undefined {
  if (!reader.string(CBOR_BYTES)) return undefined;
  return decodeRouterTable(reader.content);
}
