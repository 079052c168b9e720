/**
 * The records of a durable store (RFC 9171 section 5 leaves them to agents): each bundle with all that
 * a restarted agent must know about it, tombstones of delivered bundles, and one record of the agent
 * itself. They are CBOR; only the node that wrote them reads them.
 *
 * ```
 * b/NUMBER  [from or "", priority, since (life ms), since (DTN ms), remaining (ms), observer number, custody] bundle
 * t/NUMBER  [until (life ms)] identity as text
 * agent     [life (ms), last creation time, sequence, messages made]
 * router    what the router keeps (`CopyRouter.memory`)
 * ```
 *
 * Life time (`uptime-clock.ts`) is the total time for which the agent has run since its first start, so
 * that it needs no calendar clock; after a restart a bundle is at least as old as when the store was last
 * written.
 *
 * @module
 */
import { CBOR_ARRAY, CBOR_TEXT, CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { SlabAllocator } from '../../_kit/slab.ts';
import type { Priority } from './held-bundle.ts';

/** Prefix of the store keys of bundles. */
export const BUNDLE_KEY_PREFIX = 'b/';
/** Prefix of the store keys of tombstones. */
export const TOMBSTONE_KEY_PREFIX = 't/';
/** Store key of the agent's own record. */
export const AGENT_RECORD_KEY = 'agent';
/** Store key of the state of the node's router. */
export const ROUTER_RECORD_KEY = 'router';
/** Number of digits of a number in a key, so that sorting the keys sorts the bundles by when they came. */
const DIGITS = 12;
const BUNDLE_ELEMENTS = 7;
const AGENT_ELEMENTS = 4;

/** A record in the node's store: key and value. */
export type StoredRecord = readonly [key: string, value: Uint8Array];

/** The stored form of a held bundle. */
export interface BundleRecord {
  readonly bytes: Uint8Array;
  readonly from: string | undefined;
  readonly priority: Priority;
  /**
   * When the node received or created the bundle, in life time (see the module's comment) and in DTN time,
   * ms.
   */
  readonly sinceLifeMs: number;
  readonly sinceDtnMs: number;
  /** Remaining lifetime at that instant, ms. */
  readonly remainingMs: number;
  /** `observerNumber`: the number for observers. `custody`: the number in the custody ledger. */
  readonly observerNumber: number;
  readonly custody: number;
}

/** The stored mark that a bundle was delivered, so that no copy is delivered again. */
export interface TombstoneRecord {
  readonly identity: string;
  /** When copies of the bundle expire, in life time (see the module's comment), ms. */
  readonly untilLifeMs: number;
}

/** The stored state of the agent: life time, last creation timestamp, and number of bundles made here. */
export interface AgentRecord {
  readonly lifeMs: number;
  readonly lastMs: number;
  readonly sequence: number;
  readonly made: number;
}

/** One writer for all records, since there are two for each bundle that passes. */
const writer = new CborWriter();
/** Memory for records, which the store copies at once. */
const slab = new SlabAllocator();

/** Makes the store key of a bundle or tombstone. */
export function recordKey(prefix: string, number: number): string {
  return `${prefix}${number.toString(16).padStart(DIGITS, '0')}`;
}

/** Reads the number in a store key. */
export function numberInRecordKey(key: string): number {
  return Number.parseInt(key.slice(BUNDLE_KEY_PREFIX.length), 16);
}

/** Encodes the stored form of a bundle. */
export function encodeBundleRecord(record: BundleRecord): Uint8Array {
  writer.reset();
  writer.array(BUNDLE_ELEMENTS);
  writer.text(record.from ?? '');
  writer.uint(record.priority);
  writer.uint(record.sinceLifeMs);
  writer.uint(record.sinceDtnMs);
  writer.uint(record.remainingMs);
  writer.uint(record.observerNumber);
  writer.uint(record.custody);
  writer.raw(record.bytes);
  return slab.copyOf(writer.bytes, 0, writer.length);
}

/**
 * Decodes the record of a bundle.
 * @returns undefined if the value is not a record of a bundle.
 */
export function decodeBundleRecord(value: Uint8Array): BundleRecord | undefined {
  const reader = readerOf(value, BUNDLE_ELEMENTS);
  const from = reader && readText(reader);
  const numbers = reader && readUints(reader, BUNDLE_ELEMENTS - 1);
  if (from === undefined || reader === undefined || numbers === undefined) return undefined;
  const [priority, sinceLifeMs, sinceDtnMs, remainingMs, observerNumber, custody] = numbers as Six;
  if (priority !== 0 && priority !== 1 && priority !== 2) return undefined;
  const times = { sinceLifeMs, sinceDtnMs, remainingMs };
  const bytes = value.subarray(reader.at);
  return {
    bytes,
    from: from === '' ? undefined : from,
    priority,
    ...times,
    observerNumber,
    custody,
  };
}

/** Encodes a tombstone, the record of a delivered bundle. */
export function encodeTombstone({ identity, untilLifeMs }: TombstoneRecord): Uint8Array {
  writer.reset();
  writer.array(2);
  writer.uint(untilLifeMs);
  writer.text(identity);
  return writer.taken();
}

/**
 * Decodes a tombstone.
 * @returns undefined if the value is not a tombstone.
 */
export function decodeTombstone(value: Uint8Array): TombstoneRecord | undefined {
  const reader = readerOf(value, 2);
  const numbers = reader && readUints(reader, 1);
  const identity = numbers && reader && readText(reader);
  if (identity === undefined || numbers === undefined) return undefined;
  return { identity, untilLifeMs: numbers[0] as number };
}

/** Encodes the record of the agent itself. */
export function encodeAgentRecord({ lifeMs, lastMs, sequence, made }: AgentRecord): Uint8Array {
  writer.reset();
  writer.array(AGENT_ELEMENTS);
  for (const value of [lifeMs, lastMs, sequence, made]) writer.uint(value);
  return writer.taken();
}

/**
 * Decodes the record of the agent itself.
 * @returns undefined if the value is not a record of an agent.
 */
export function decodeAgentRecord(value: Uint8Array): AgentRecord | undefined {
  const reader = readerOf(value, AGENT_ELEMENTS);
  const numbers = reader && readUints(reader, AGENT_ELEMENTS);
  if (numbers === undefined) return undefined;
  const [lifeMs, lastMs, sequence, made] = numbers as [number, number, number, number];
  return { lifeMs, lastMs, sequence, made };
}

type Six = readonly [number, number, number, number, number, number];

const decoder = new TextDecoder();

/**
 * Makes a reader that is positioned after the head of an array of `elements` elements; undefined if
 * the value does not begin with such a head.
 */
function readerOf(value: Uint8Array, elements: number): CborReader | undefined {
  const reader = new CborReader();
  reader.open(value, 0, value.length);
  return reader.expect(CBOR_ARRAY) && reader.argument === elements ? reader : undefined;
}

function readUints(reader: CborReader, count: number): readonly number[] | undefined {
  const numbers: number[] = [];
  for (let index = 0; index < count; index += 1) {
    if (!reader.expect(CBOR_UINT) || !reader.isExact) return undefined;
    numbers.push(reader.argument);
  }
  return numbers;
}

function readText(reader: CborReader): string | undefined {
  if (!reader.string(CBOR_TEXT)) return undefined;
  return decoder.decode(reader.content);
}
