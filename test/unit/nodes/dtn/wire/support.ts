/**
 * Bundles for tests.
 *
 * @module
 */

import { BLOCK_TYPE } from '../../../../../nodes/dtn/geometry.ts';
import { parseEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../../../nodes/dtn/wire/eid-wire.ts';
import {
  type BlockFields,
  type CrcType,
  encodeBundle,
  payloadBlock,
} from '../../../../../nodes/dtn/wire/encode.ts';
import {
  bundleAgeData,
  hopCountData,
  previousNodeData,
} from '../../../../../nodes/dtn/wire/extensions.ts';

/** The bytes of an identifier. */
function eidBytes(text: string): Uint8Array {
  const eid = parseEid(text);
  if (eid === undefined) throw new Error(`no identifier: ${text}`);
  return encodeEid(eid);
}

/** What a sample bundle may have instead of its usual fields. */
export interface Sample {
  readonly payload?: Uint8Array;
  readonly flags?: number;
  readonly crcType?: CrcType;
  readonly source?: string;
  readonly destination?: string;
  readonly reportTo?: string;
  readonly createdMs?: number;
  readonly sequence?: number;
  readonly lifetimeMs?: number;
  /** Flags of a further block, of a type that nobody knows. */
  readonly unknown?: number;
}

/** A bundle with previous node, hop count, age and payload; 83 bytes with 3 of payload. */
export function sampleBundle(sample: Sample = {}): Uint8Array {
  const crcType = sample.crcType ?? 2;
  const previous = parseEid('ipn:7.0');
  if (previous === undefined) throw new Error('no identifier');
  return encodeBundle(
    {
      flags: sample.flags ?? 0,
      crcType,
      destination: eidBytes(sample.destination ?? 'ipn:2.1'),
      source: eidBytes(sample.source ?? 'ipn:1.1'),
      reportTo: eidBytes(sample.reportTo ?? 'dtn:none'),
      createdMs: sample.createdMs ?? 820_540_800_000,
      sequence: sample.sequence ?? 1,
      lifetimeMs: sample.lifetimeMs ?? 86_400_000,
    },
    [
      block(BLOCK_TYPE.previousNode, 2, previousNodeData(previous)),
      block(BLOCK_TYPE.hopCount, 3, hopCountData(32, 1)),
      block(BLOCK_TYPE.bundleAge, 4, bundleAgeData(100)),
      ...(sample.unknown === undefined ? [] : [unknownBlock(sample.unknown)]),
    ],
    payloadBlock(sample.payload ?? Uint8Array.of(1, 2, 3), crcType),
  );
}

function unknownBlock(flags: number): BlockFields {
  return { ...block(250, 5, Uint8Array.of(0)), flags };
}

function block(type: number, number: number, data: Uint8Array): BlockFields {
  return { type, number, flags: 0, crcType: 0, data };
}
