/**
 * Authentication of SCMP: signs the router's replies and checks the requests it answers; and checks, at a host, what
 * routers sent.
 *
 * SCION "Authenticator option" with DRKey (SCMP, AS-host, sender side), reference
 * router/dataplane.go (hasValidAuth, resetSPAOMetadata). Repeated identical packets within the
 * acceptance window are not detected: a router keeps no record of them.
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

/** Identifies an AS-host key. */
export interface AsHostKeyRequest {
  /** Start of the key's epoch, seconds since 1970. */
  readonly epochBegin: number;
  /** ISD-AS of the host, 8 bytes. */
  readonly isdAs: Uint8Array;
  readonly host: HostAddress;
}

/** What authenticating SCMP messages needs: cryptography, the time of day, and the keys of hosts. */
export interface ScmpAuthenticatorOptions {
  readonly crypto: CryptoProvider;
  readonly clock: () => CalendarTime;
  /** The key shared by this AS and a host, 16 bytes. */
  readonly keyOf: (request: AsHostKeyRequest) => Uint8Array;
}

const CMAC = 0;
const NS_PER_SECOND = 1_000_000_000;
const TIMESTAMP_LENGTH = 6;
/** Reference drkeyutil: requests are accepted 150 s before and after their time stamp. */
const ACCEPTANCE_NS = 150 * NS_PER_SECOND;
const OPTION_ALIGNMENT = [4, 2] as const;
/** The option's data follows next header, length, option type and length. */
const OPTION_DATA_OFFSET = 4;
const OPTION_TAG_OFFSET = OPTION_DATA_OFFSET + 12;

/** Signs and checks with this AS's keys. */
export class ScmpAuthenticator {
  readonly #options: ScmpAuthenticatorOptions;
  readonly #view = new PacketView();
  /** Bytes that authentication adds to a reply. */
  readonly extensionLength: number;

  constructor(options: ScmpAuthenticatorOptions) {
    this.#options = options;
    this.extensionLength = this.extension().length;
  }

  /** The end-to-end extension header of a reply sent now, with an authenticator of zeros. */
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

  /** Writes the tag into a reply in which {@link extension} follows the SCION header. */
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

/** What a host needs to check messages of routers. */
export interface ScmpVerifierOptions {
  readonly crypto: CryptoProvider;
  readonly now: CalendarTime;
  /** The key with which the AS of the sender signs for this host in an epoch; undefined if it is not known. */
  readonly keyOf: (epochBegin: number) => Uint8Array | undefined;
}

/** True if a message to this host has a valid and recent authenticator of the AS that it comes from. */
export function isScmpOfItsAs(packet: PacketView, options: ScmpVerifierOptions): boolean {
  const option = findSpao(packet);
  // Only routers of that AS, and this host's own control service, can derive a key of the sender's side.
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

/** Start of the epoch (current, previous, next) in which the time of an option since its start is about now. */
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
