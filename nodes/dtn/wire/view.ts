/**
 * A view of a bundle in its bytes: decoding notes where the parts are, and copies nothing (RFC 9171
 * section 4). One view is reused for many bundles.
 *
 * ```
 * 9f  primary block, canonical blocks, payload block  ff
 *
 * primary    [7, flags, crcType, destination, source, reportTo, [time, sequence], lifetime,
 *            (offset, total,)  (crc)]
 * canonical  [type, number, flags, crcType, data, (crc)]
 * ```
 *
 * Checks run in one pass from front to back, and return the names of `drops.ts`.
 * Numbers above 2^53 are kept in the bytes and read as doubles.
 *
 * @module
 */

import { endOfItem } from '../../../engine/pure/cbor-end-of-item.ts';
import {
  CBOR_ARRAY,
  CBOR_BREAK,
  CBOR_BYTES,
  CBOR_UINT,
  CborReader,
} from '../../../engine/pure/cbor-reader.ts';
import {
  ALL_REPORT_FLAGS,
  BLOCK_FLAG,
  BLOCK_TYPE,
  BUNDLE_BLOCKS_MAX,
  BUNDLE_BYTES_MAX,
  BUNDLE_FIRST_BYTE,
  BUNDLE_FLAG,
  BUNDLE_VERSION,
  CANONICAL_BLOCK_ELEMENTS,
  CBOR_DEPTH_MAX,
  CRC_BYTES_BY_TYPE,
  CRC_TYPE,
  HOP_LIMIT_MAX,
  PAYLOAD_BLOCK_NUMBER,
  PRIMARY_BLOCK_ELEMENTS,
} from '../geometry.ts';
import { isCrcRight } from './crc.ts';
import type { BundleDropReason } from './drops.ts';
import { EID_NONE, type Eid } from './eid.ts';
import { EID_FORM, type EidForm, readEid, skipEid } from './eid-wire.ts';

/** A decoded bundle; fields are valid until the view is opened again. */
export class BundleView {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;

  /** Bundle flags; if the number is above 2^53, its lower 32 bits: higher flags are unassigned. */
  flags = 0;
  /** False if a number of the primary block is above 2^53, so that it can only be copied. */
  isExact = true;
  crcType = 0;
  /** Offsets of the identifiers of the primary block. */
  destinationAt = 0;
  sourceAt = 0;
  reportToAt = 0;
  destinationForm: EidForm = EID_FORM.none;
  sourceForm: EidForm = EID_FORM.none;
  /** Offsets of the first byte of the creation timestamp, and of the byte after its last. */
  timestampAt = 0;
  timestampEnd = 0;
  /** Creation time, ms since the DTN epoch; 0 without a clock. */
  createdMs = 0;
  sequence = 0;
  lifetimeMs = 0;
  fragmentOffset = 0;
  /** Length of the whole payload of which this is a fragment. */
  totalLength = 0;
  /** Offset after the primary block, which begins at `start + 1`. */
  primaryEnd = 0;

  /** Number of canonical blocks; the payload is the last. */
  blocks = 0;
  readonly blockType: Float64Array = new Float64Array(BUNDLE_BLOCKS_MAX);
  readonly blockNumber: Float64Array = new Float64Array(BUNDLE_BLOCKS_MAX);
  readonly blockFlags: Float64Array = new Float64Array(BUNDLE_BLOCKS_MAX);
  readonly blockCrcType: Uint8Array = new Uint8Array(BUNDLE_BLOCKS_MAX);
  readonly blockStart: Int32Array = new Int32Array(BUNDLE_BLOCKS_MAX);
  readonly blockEnd: Int32Array = new Int32Array(BUNDLE_BLOCKS_MAX);
  /** Offsets in `bytes` at which the data of each block begins and ends. */
  readonly dataStart: Int32Array = new Int32Array(BUNDLE_BLOCKS_MAX);
  readonly dataEnd: Int32Array = new Int32Array(BUNDLE_BLOCKS_MAX);

  /** Indices of the blocks of these three types; -1 if there is none. */
  previousNode = -1;
  bundleAge = -1;
  hopCount = -1;
  /** True if the bundle has a security block: type 11 or 12. */
  hasSecurity = false;
  ageMs = 0;
  hopLimit = 0;
  hops = 0;

  readonly #reader = new CborReader();
  /** True while a bundle is decoded whose checksums need not be computed again. */
  #isTrusted = false;
  /** True if the view shows a whole bundle. */
  #isGood = false;

  /**
   * Decodes the bundle from `start` to `end`.
   * @returns why the bytes are not a bundle; the fields of the view are then meaningless.
   */
  open(bytes: Uint8Array, start: number, end: number): BundleDropReason | undefined {
    if (end - start > BUNDLE_BYTES_MAX || end - start < 1 || bytes[start] !== BUNDLE_FIRST_BYTE) {
      return 'not-a-bundle';
    }
    this.#place(bytes, start, end);
    const drop = this.#decode();
    // If the bytes are not CBOR, this is the reason, whatever else is wrong with them.
    if (drop === undefined) return undefined;
    return endOfItem(bytes, start, end, CBOR_DEPTH_MAX) === end ? drop : 'bad-cbor';
  }

  /**
   * Decodes a bundle that was opened before, or that this node wrote: its checksums are not computed
   * again.
   * @returns why the bytes are not a bundle after all.
   */
  reopen(bytes: Uint8Array, start: number, end: number): BundleDropReason | undefined {
    this.#place(bytes, start, end);
    this.#isTrusted = true;
    const drop = this.#decode();
    this.#isTrusted = false;
    return drop;
  }

  /** True if the bundle that was opened last takes up exactly these bytes. */
  isOpenOn(bytes: Uint8Array): boolean {
    return this.#isGood && this.bytes === bytes && this.start === 0 && this.end === bytes.length;
  }

  #place(bytes: Uint8Array, start: number, end: number): void {
    this.#isGood = false;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  get destination(): Eid {
    return this.#eidAt(this.destinationAt);
  }

  get source(): Eid {
    return this.#eidAt(this.sourceAt);
  }

  get reportTo(): Eid {
    return this.#eidAt(this.reportToAt);
  }

  get isFragment(): boolean {
    return (this.flags & BUNDLE_FLAG.isFragment) !== 0;
  }

  get isAdministrative(): boolean {
    return (this.flags & BUNDLE_FLAG.isAdministrative) !== 0;
  }

  /** Offsets of the payload. */
  get payloadStart(): number {
    return this.dataStart[this.blocks - 1] as number;
  }

  get payloadEnd(): number {
    return this.dataEnd[this.blocks - 1] as number;
  }

  get payloadLength(): number {
    return this.payloadEnd - this.payloadStart;
  }

  /** Number of hops that the bundle has made; undefined if it has no hop count block. */
  get hopsOrNone(): number | undefined {
    return this.hopCount < 0 ? undefined : this.hops;
  }

  /**
   * The node that last forwarded the bundle; the null endpoint if the bundle has no previous node
   * block.
   */
  get previous(): Eid {
    const { previousNode } = this;
    return previousNode < 0 ? EID_NONE : this.#eidAt(this.dataStart[previousNode] as number);
  }

  #eidAt(at: number): Eid {
    this.#reader.open(this.bytes, at, this.end);
    return readEid(this.#reader) ?? EID_NONE;
  }

  /**
   * Checks everything except the first byte, in the order of the drop reasons as far as one pass
   * allows.
   */
  #decode(): BundleDropReason | undefined {
    const reader = this.#reader;
    reader.open(this.bytes, this.start + 1, this.end);
    const drop =
      this.#readPrimary(reader) ??
      this.#checkPrimaryCrc() ??
      this.#readBlocks(reader) ??
      this.#checkCrcs() ??
      this.#checkFlags() ??
      this.#readExtensions(reader);
    this.#isGood = drop === undefined;
    return drop;
  }

  // Reads the primary block (RFC 9171 section 4.3.1).
  #readPrimary(reader: CborReader): BundleDropReason | undefined {
    if (!reader.expect(CBOR_ARRAY)) return 'bad-primary';
    const elements = reader.argument;
    if (!reader.expect(CBOR_UINT) || reader.argument !== BUNDLE_VERSION) return 'bad-primary';
    if (!reader.expect(CBOR_UINT)) return 'bad-primary';
    this.flags = flagsOf(reader);
    this.isExact = reader.isExact;
    if (!reader.expect(CBOR_UINT) || reader.argument > CRC_TYPE.castagnoli) return 'bad-primary';
    this.crcType = reader.argument;
    const { isFragment } = this;
    const crcElements = this.crcType === CRC_TYPE.none ? 0 : 1;
    const expected = PRIMARY_BLOCK_ELEMENTS + (isFragment ? 2 : 0) + crcElements;
    if (elements !== expected || !this.#readEids(reader)) return 'bad-primary';
    if (!this.#readTimes(reader)) return 'bad-primary';
    if (isFragment && !this.#readFragment(reader)) return 'bad-primary';
    if (!isCrcField(reader, this.crcType)) return 'bad-primary';
    this.primaryEnd = reader.at;
    return undefined;
  }

  #readEids(reader: CborReader): boolean {
    this.destinationAt = reader.at;
    this.destinationForm = skipEid(reader);
    this.sourceAt = reader.at;
    this.sourceForm = skipEid(reader);
    this.reportToAt = reader.at;
    const reportTo = skipEid(reader);
    // The source is either one endpoint or the null endpoint, never a group (RFC 9171 section
    // 4.3.1).
    return (
      this.destinationForm !== EID_FORM.bad &&
      this.sourceForm !== EID_FORM.bad &&
      this.sourceForm !== EID_FORM.group &&
      reportTo !== EID_FORM.bad
    );
  }

  #readTimes(reader: CborReader): boolean {
    this.timestampAt = reader.at;
    if (!reader.expect(CBOR_ARRAY) || reader.argument !== 2) return false;
    if (!this.#readNumber(reader)) return false;
    this.createdMs = reader.argument;
    if (!this.#readNumber(reader)) return false;
    this.sequence = reader.argument;
    this.timestampEnd = reader.at;
    if (!this.#readNumber(reader)) return false;
    this.lifetimeMs = reader.argument;
    return true;
  }

  #readFragment(reader: CborReader): boolean {
    if (!this.#readNumber(reader)) return false;
    this.fragmentOffset = reader.argument;
    if (!this.#readNumber(reader)) return false;
    this.totalLength = reader.argument;
    return this.fragmentOffset < this.totalLength;
  }

  /** Reads the next number of the primary block; false if there is none. */
  #readNumber(reader: CborReader): boolean {
    if (!reader.expect(CBOR_UINT)) return false;
    this.isExact &&= reader.isExact;
    return true;
  }

  #checkPrimaryCrc(): BundleDropReason | undefined {
    if (this.#isTrusted) return undefined;
    const isRight = isCrcRight(this.bytes, this.start + 1, this.primaryEnd, this.crcType);
    return isRight ? undefined : 'crc-primary';
  }

  // Reads the canonical blocks (RFC 9171 section 4.3.2).
  #readBlocks(reader: CborReader): BundleDropReason | undefined {
    const { bytes, end } = this;
    this.blocks = 0;
    this.hasSecurity = false;
    while (bytes[reader.at] !== CBOR_BREAK) {
      if (this.blocks === BUNDLE_BLOCKS_MAX) return 'too-many-blocks';
      if (!this.#readBlock(reader)) return 'bad-block';
      // The payload block is the last one (RFC 9171 section 4.1).
      const isPayload = this.blockType[this.blocks] === BLOCK_TYPE.payload;
      this.blocks += 1;
      if (isPayload) break;
    }
    if (reader.at >= end || bytes[reader.at] !== CBOR_BREAK) return 'bad-block';
    if (reader.at !== end - 1) return 'bad-cbor';
    const last = this.blocks - 1;
    if (last < 0 || this.blockType[last] !== BLOCK_TYPE.payload) return 'bad-block';
    const isWithin = this.fragmentOffset + this.payloadLength <= this.totalLength;
    return this.isFragment && !isWithin ? 'bad-block' : undefined;
  }

  #readBlock(reader: CborReader): boolean {
    const index = this.blocks;
    this.blockStart[index] = reader.at;
    if (!reader.expect(CBOR_ARRAY)) return false;
    const elements = reader.argument;
    if (!reader.expect(CBOR_UINT)) return false;
    const type = reader.argument;
    this.blockType[index] = type;
    if (!reader.expect(CBOR_UINT)) return false;
    const number = blockNumberOf(reader);
    this.blockNumber[index] = number;
    if (!isBlockNumber(type, number) || this.#isTaken(number)) return false;
    if (!reader.expect(CBOR_UINT)) return false;
    this.blockFlags[index] = flagsOf(reader);
    if (!reader.expect(CBOR_UINT) || reader.argument > CRC_TYPE.castagnoli) return false;
    const crcType = reader.argument;
    this.blockCrcType[index] = crcType;
    if (elements !== CANONICAL_BLOCK_ELEMENTS + (crcType === CRC_TYPE.none ? 0 : 1)) return false;
    if (!reader.string(CBOR_BYTES)) return false;
    this.dataEnd[index] = reader.at;
    this.dataStart[index] = reader.at - reader.argument;
    if (!isCrcField(reader, crcType)) return false;
    this.blockEnd[index] = reader.at;
    if (type === BLOCK_TYPE.integrity || type === BLOCK_TYPE.confidentiality) {
      this.hasSecurity = true;
    }
    return true;
  }

  #isTaken(number: number): boolean {
    for (let index = 0; index < this.blocks; index += 1) {
      if (this.blockNumber[index] === number) return true;
    }
    return false;
  }

  #checkCrcs(): BundleDropReason | undefined {
    if (this.#isTrusted) return undefined;
    const { bytes } = this;
    for (let index = 0; index < this.blocks; index += 1) {
      const crcType = this.blockCrcType[index] as number;
      if (crcType === CRC_TYPE.none) continue;
      const start = this.blockStart[index] as number;
      if (!isCrcRight(bytes, start, this.blockEnd[index] as number, crcType)) return 'crc-block';
    }
    return undefined;
  }

  // Refuses flags that contradict each other or the source (RFC 9171 sections 4.2.3 and 4.2.4).
  #checkFlags(): BundleDropReason | undefined {
    const { flags } = this;
    const isAnonymous = this.sourceForm === EID_FORM.none;
    if (!isAnonymous && !this.isAdministrative) return undefined;
    if ((flags & ALL_REPORT_FLAGS) !== 0) return 'bad-flags';
    // A fragment of an anonymous bundle is refused, because the bundle to which it belongs could
    // not be identified.
    const isWhole = (flags & BUNDLE_FLAG.mustNotFragment) !== 0 && !this.isFragment;
    if (isAnonymous && !isWhole) return 'bad-flags';
    for (let index = 0; index < this.blocks; index += 1) {
      const asks = (this.blockFlags[index] as number) & BLOCK_FLAG.reportIfUnprocessed;
      if (asks !== 0) return 'bad-flags';
    }
    return undefined;
  }

  // Reads the extension blocks of known types (RFC 9171 section 4.4).
  #readExtensions(reader: CborReader): BundleDropReason | undefined {
    this.previousNode = -1;
    this.bundleAge = -1;
    this.hopCount = -1;
    for (let index = 0; index < this.blocks; index += 1) {
      if (!this.#readExtension(reader, index)) return 'bad-extension';
    }
    // A bundle without creation time must have an age, because nothing else determines when it
    // expires (RFC 9171 section 4.4.2).
    return this.createdMs === 0 && this.bundleAge < 0 ? 'bad-extension' : undefined;
  }

  #readExtension(reader: CborReader, index: number): boolean {
    const dataEnd = this.dataEnd[index] as number;
    reader.open(this.bytes, this.dataStart[index] as number, dataEnd);
    switch (this.blockType[index]) {
      case BLOCK_TYPE.previousNode:
        if (this.previousNode >= 0 || skipEid(reader) === EID_FORM.bad) return false;
        this.previousNode = index;
        return reader.at === dataEnd;
      case BLOCK_TYPE.bundleAge:
        if (this.bundleAge >= 0 || !reader.expect(CBOR_UINT)) return false;
        this.bundleAge = index;
        this.ageMs = reader.argument;
        return reader.at === dataEnd;
      case BLOCK_TYPE.hopCount:
        if (this.hopCount >= 0 || !this.#readHops(reader)) return false;
        this.hopCount = index;
        return reader.at === dataEnd;
      default:
        return true;
    }
  }

  #readHops(reader: CborReader): boolean {
    if (!reader.expect(CBOR_ARRAY) || reader.argument !== 2) return false;
    if (!reader.expect(CBOR_UINT)) return false;
    this.hopLimit = reader.argument;
    if (this.hopLimit < 1 || this.hopLimit > HOP_LIMIT_MAX) return false;
    if (!reader.expect(CBOR_UINT)) return false;
    this.hops = reader.argument;
    return true;
  }
}

/**
 * Returns the last argument as flags. Numbers up to 2^53 are exact; of a larger number, only the
 * lower 32 bits are returned.
 */
function flagsOf(reader: CborReader): number {
  if (reader.isExact) return reader.argument;
  const { bytes, at } = reader;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at - 4);
}

/**
 * Returns the last argument as a block number; 0 if it is above 2^53, because doubles cannot tell
 * such numbers apart.
 */
function blockNumberOf({ argument, isExact }: CborReader): number {
  return isExact ? argument : 0;
}

/**
 * Checks a block number: the payload has number 1, all other blocks have numbers from 2 on (RFC
 * 9171 section 4.3.2).
 */
function isBlockNumber(type: number, number: number): boolean {
  return type === BLOCK_TYPE.payload
    ? number === PAYLOAD_BLOCK_NUMBER
    : number > PAYLOAD_BLOCK_NUMBER;
}

/** Skips the CRC field, if the block has one; false if the field is malformed. */
function isCrcField(reader: CborReader, crcType: number): boolean {
  if (crcType === CRC_TYPE.none) return true;
  return reader.string(CBOR_BYTES) && reader.argument === CRC_BYTES_BY_TYPE[crcType];
}
