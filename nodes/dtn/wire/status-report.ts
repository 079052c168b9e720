/**
 * Status reports: the payload of an administrative record of type 1 (RFC 9171 section 6.1).
 *
 * ```
 * [1, [[received, forwarded, delivered, deleted], reason, source, [time, sequence],
 *      (fragment offset, fragment length)]]
 * ```
 *
 * Each of the four is `[false]`, `[true]`, or `[true, DTN time]`.
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_SIMPLE,
  CBOR_UINT,
  CborReader,
} from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import type { Eid } from './eid.ts';
import { readEid, writeEid } from './eid-wire.ts';

/** Administrative record type (RFC 9171 section 9.7). */
const STATUS_REPORT = 1;
const FALSE = 20;
const TRUE = 21;
const ITEMS = 4;
/** Number of elements of a report about a whole bundle, and about a fragment. */
const WHOLE_ELEMENTS = 4;
const FRAGMENT_ELEMENTS = 6;

/** Reason codes (RFC 9171 section 9.5, RFC 9172 section 11.3). */
export const STATUS_REASON = {
  none: 0,
  lifetimeExpired: 1,
  forwardedOneWay: 2,
  cancelled: 3,
  depletedStorage: 4,
  destinationUnavailable: 5,
  noRoute: 6,
  noTimelyContact: 7,
  blockUnintelligible: 8,
  hopLimitExceeded: 9,
  trafficPared: 10,
  blockUnsupported: 11,
  missingSecurity: 12,
  unknownSecurity: 13,
  unexpectedSecurity: 14,
  failedSecurity: 15,
  conflictingSecurity: 16,
} as const;

/** An event of a bundle: whether it happened and, if the report says so, when, in DTN time, ms. */
export type StatusAssertion = { readonly isAsserted: boolean; readonly timeMs?: number };

/** A bundle status report (RFC 9171 section 6.1.1). */
export interface StatusReport {
  readonly received: StatusAssertion;
  readonly forwarded: StatusAssertion;
  readonly delivered: StatusAssertion;
  readonly deleted: StatusAssertion;
  readonly reason: number;
  readonly source: Eid;
  /** Creation time of the bundle, ms since the DTN epoch. */
  readonly createdMs: number;
  readonly sequence: number;
  /** Present if the bundle is a fragment: its offset, and the length of its payload, bytes. */
  readonly fragment?: { readonly offset: number; readonly length: number };
}

/** The payload of an administrative bundle with this report. */
export function encodeStatusReport(report: StatusReport): Uint8Array {
  const writer = new CborWriter();
  writer.array(2);
  writer.uint(STATUS_REPORT);
  writer.array(report.fragment === undefined ? WHOLE_ELEMENTS : FRAGMENT_ELEMENTS);
  writer.array(ITEMS);
  for (const item of [report.received, report.forwarded, report.delivered, report.deleted]) {
    writer.array(item.timeMs === undefined ? 1 : 2);
    writer.boolean(item.isAsserted);
    if (item.timeMs !== undefined) writer.uint(item.timeMs);
  }
  writer.uint(report.reason);
  writeEid(writer, report.source);
  writer.array(2);
  writer.uint(report.createdMs);
  writer.uint(report.sequence);
  if (report.fragment !== undefined) {
    writer.uint(report.fragment.offset);
    writer.uint(report.fragment.length);
  }
  return writer.taken();
}

/** Reads the payload of an administrative bundle; undefined if it is not a status report. */
export function decodeStatusReport(payload: Uint8Array): StatusReport | undefined {
  const reader = new CborReader();
  reader.open(payload, 0, payload.length);
  if (readCount(reader) !== 2 || readUint(reader) !== STATUS_REPORT) return undefined;
  const elements = readCount(reader);
  if (elements !== WHOLE_ELEMENTS && elements !== FRAGMENT_ELEMENTS) return undefined;
  if (readCount(reader) !== ITEMS) return undefined;
  const items = Array.from({ length: ITEMS }, () => readItem(reader));
  const [received, forwarded, delivered, deleted] = items;
  const reason = readUint(reader);
  const source = readEid(reader);
  if (readCount(reader) !== 2) return undefined;
  const createdMs = readUint(reader);
  const sequence = readUint(reader);
  const isFragment = elements === FRAGMENT_ELEMENTS;
  const offset = isFragment ? readUint(reader) : 0;
  const length = isFragment ? readUint(reader) : 0;
  if (!received || !forwarded || !delivered || !deleted || !source) return undefined;
  if (Math.min(reason, createdMs, sequence, offset, length) < 0) return undefined;
  if (reader.at !== payload.length) return undefined;
  const items4 = { received, forwarded, delivered, deleted };
  const report = { ...items4, reason, source, createdMs, sequence };
  return isFragment ? { ...report, fragment: { offset, length } } : report;
}

function readItem(reader: CborReader): StatusAssertion | undefined {
  const count = readCount(reader);
  if (count !== 1 && count !== 2) return undefined;
  if (!reader.expect(CBOR_SIMPLE)) return undefined;
  if (reader.argument !== TRUE && reader.argument !== FALSE) return undefined;
  const isAsserted = reader.argument === TRUE;
  if (count === 1) return { isAsserted };
  const timeMs = readUint(reader);
  // Only an event that has happened may have a time.
  return isAsserted && timeMs >= 0 ? { isAsserted, timeMs } : undefined;
}

/** Reads the next item as a number; -1 if it is not a number. */
function readUint(reader: CborReader): number {
  return reader.expect(CBOR_UINT) ? reader.argument : -1;
}

/**
 * Reads the head of the next array and returns its number of elements; -1 if the next item is not
 * an array.
 */
function readCount(reader: CborReader): number {
  return reader.expect(CBOR_ARRAY) ? reader.argument : -1;
}
