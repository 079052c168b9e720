/**
 * Authentication of SCMP: at a router, signs replies and checks the requests that it answers; at a
 * host, checks messages of routers.
 *
 * SCION "Authenticator option" with DRKey (SCMP, AS-host, sender side), reference
 * router/dataplane.go (hasValidAuth, resetSPAOMetadata). Repetitions of a packet within the
 * acceptance window are not detected, since a router keeps no record of packets.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { CalendarTime } from '../../../engine/host/time.ts';
import { readUint48, writeUint48 } from '../../_kit/bytes.ts';
import { ISD_AS_LENGTH, PROTOCOL_SCMP, SOURCE_ISD_AS_OFFSET } from '../geometry.ts';
import { encodeExtension } from '../wire/extension.ts';
import type { HostAddress } from '../wire/host-address.ts';
import { PacketView } from '../wire/packet-view.ts';
import { DRKEY_EPOCH_SECONDS, drkeyEpochAt } from './drkey.ts';
import {
  encodeSpao,
  findSpao,
  SPAO_TAG_LENGTH,
  SPAO_TYPE,
  SPI_SCMP_SENDER_SIDE,
  type SpaoOption,
  spaoMacInput,
} from './spao.ts';

/** Identifies the DRKey that this AS shares with a host. */
export interface AsHostKeyRequest {
  /** Start of the key's epoch, seconds since 1970. */
  readonly epochBegin: number;
  /** ISD-AS of the host, 8 bytes. */
  readonly isdAs: Uint8Array;
  readonly host: HostAddress;
}

/**
 * The collaborators of {@link ScmpAuthenticator}: cryptography, the calendar clock, and the keys of
 * hosts.
 */
export interface ScmpAuthenticatorOptions {
  readonly crypto: CryptoProvider;
  readonly clock: () => CalendarTime;
  /** Returns the key that this AS and a host share, 16 bytes. */
  readonly keyOf: (request: AsHostKeyRequest) => Uint8Array;
}

const CMAC = 0;
const NS_PER_SECOND = 1_000_000_000;
const TIMESTAMP_LENGTH = 6;
/**
 * Largest difference between a packet's time stamp and the present, ns: 150 s, before or after
 * (reference drkeyutil).
 */
const ACCEPTANCE_NS = 150 * NS_PER_SECOND;
const OPTION_ALIGNMENT = [4, 2] as const;
/**
 * Offset of the option's data in the extension header: after next header, header length, option
 * type and option length.
 */
const OPTION_DATA_OFFSET = 4;
const OPTION_TAG_OFFSET = OPTION_DATA_OFFSET + 12;

/** Signs and checks SCMP messages with the keys of this AS. */
export class ScmpAuthenticator {
  readonly #options: ScmpAuthenticatorOptions;
  readonly #view = new PacketView();
  /** Number of bytes that authentication adds to a reply. */
  readonly extensionLength: number;

  constructor(options: ScmpAuthenticatorOptions) {
    this.#options = options;
    this.extensionLength = this.extension().length;
  }

  /**
   * Makes the end-to-end extension header of a reply that is sent now, with zeros in place of the
   * authenticator.
   */
  extension(): Uint8Array {
    const timestamp = new Uint8Array(TIMESTAMP_LENGTH);
    const now = this.#options.clock();
    const seconds = now.seconds % DRKEY_EPOCH_SECONDS;
    writeUint48(timestamp, 0, seconds * NS_PER_SECOND + now.nanos);
    const authenticator = new Uint8Array(SPAO_TAG_LENGTH);
    const option = { spi: SPI_SCMP_SENDER_SIDE, algorithm: CMAC, timestamp, authenticator };
    const data = encodeSpao(option);
    return encodeExtension(PROTOCOL_SCMP, [{ type: SPAO_TYPE, data, alignment: OPTION_ALIGNMENT }]);
  }

  /**
   * Writes the authenticator into a reply in which the header of {@link extension} follows the
   * SCION header.
   */
  sign(packet: Uint8Array): void {
    const view = this.#view;
    const drop = view.parse(packet, 0, packet.length);
    const option = drop === undefined ? findSpao(view) : undefined;
    if (option === undefined) return;
    const isdAs = packet.subarray(SOURCE_ISD_AS_OFFSET - ISD_AS_LENGTH, SOURCE_ISD_AS_OFFSET);
    const tag = this.#tag(view, option, {
      epochBegin: this.#epochBegin(),
      isdAs,
      host: {
        type: view.targetHostType,
        bytes: packet.subarray(view.targetHostOffset, view.sourceHostOffset),
      },
    });
    packet.set(tag, view.headerLength + OPTION_TAG_OFFSET);
  }

  /** True when the packet has a valid and recent authenticator from its source host. */
  isAuthentic(packet: PacketView): boolean {
    const option = findSpao(packet);
    if (option === undefined || option.algorithm !== CMAC) return false;
    const epochBegin = epochOf(option, this.#options.clock());
    if (epochBegin === undefined) return false;
    const { buffer, start, sourceHostOffset, pathOffset } = packet;
    const isdAsOffset = start + SOURCE_ISD_AS_OFFSET;
    const tag = this.#tag(packet, option, {
      epochBegin,
      isdAs: buffer.subarray(isdAsOffset, isdAsOffset + ISD_AS_LENGTH),
      host: { type: packet.sourceHostType, bytes: buffer.subarray(sourceHostOffset, pathOffset) },
    });
    return this.#options.crypto.equal(tag, option.authenticator);
  }

  #tag(packet: PacketView, option: SpaoOption, request: AsHostKeyRequest): Uint8Array {
    return tagOf(this.#options.crypto, packet, option, this.#options.keyOf(request));
  }

  #epochBegin(): number {
    return drkeyEpochAt(this.#options.clock().seconds);
  }
}

/** The data with which a host checks messages of routers. */
export interface ScmpVerifierOptions {
  readonly crypto: CryptoProvider;
  readonly now: CalendarTime;
  /**
   * Returns the key with which the AS of the sender signs messages to this host in an epoch;
   * undefined if the key is not known.
   */
  readonly keyOf: (epochBegin: number) => Uint8Array | undefined;
}

/** True if a message to this host has a valid and recent authenticator of its source AS. */
export function isScmpSignedBySourceAs(packet: PacketView, options: ScmpVerifierOptions): boolean {
  const option = findSpao(packet);
  // Only routers of the source AS, and the control service of this host's AS, can have this
  // sender-side key.
  if (option?.spi !== SPI_SCMP_SENDER_SIDE || option.algorithm !== CMAC) return false;
  const epochBegin = epochOf(option, options.now);
  const key = epochBegin === undefined ? undefined : options.keyOf(epochBegin);
  if (key === undefined) return false;
  const { crypto } = options;
  return crypto.equal(tagOf(crypto, packet, option, key), option.authenticator);
}

function tagOf(
  crypto: CryptoProvider,
  packet: PacketView,
  option: SpaoOption,
  key: Uint8Array,
): Uint8Array {
  const tag = new Uint8Array(SPAO_TAG_LENGTH);
  crypto.aesCmac(key).tag(spaoMacInput(packet, option), tag);
  return tag;
}

/**
 * The start of the epoch in which an option was made. Its time stamp counts from there but does not
 * name the epoch: of the current, previous and next epoch, it is the one that puts the time stamp
 * close to the present. Undefined if none does.
 */
function epochOf({ timestamp }: SpaoOption, now: CalendarTime): number | undefined {
  const current = drkeyEpochAt(now.seconds);
  const relativeNs = (now.seconds - current) * NS_PER_SECOND + now.nanos;
  for (const shift of [0, -1, 1]) {
    const shiftNs = shift * DRKEY_EPOCH_SECONDS * NS_PER_SECOND;
    const differenceNs = readUint48(timestamp, 0) + shiftNs - relativeNs;
    if (Math.abs(differenceNs) <= ACCEPTANCE_NS) return current + shift * DRKEY_EPOCH_SECONDS;
  }
  return undefined;
}
