/**
 * Valid Sphinx packets for one mix, the mix's expected output for each, and the work that remains
 * for the mix's main thread: the replay filter, as in `nodes/sphinx/unwrap-job.ts`.
 *
 * A set of packets is used many times. Each pass changes the tags before they reach the filter, so
 * that the filter stores one tag for each packet sent, as in a real node.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { PipelineResult } from '../../engine/live/pipeline/submission.ts';
import { equalBytes } from '../../nodes/_kit/bytes.ts';
import { ReplayFilter } from '../../nodes/mixnet/replay/index.ts';
import {
  completeUnwrap,
  createKeyExchange,
  createPacketFormat,
  DEFAULT_HOPS,
  DEFAULT_USER_PAYLOAD_LENGTH,
  encodeUnwrapSetup,
  type KeyExchangeOption,
  type PacketFormat,
} from '../../nodes/sphinx/index.ts';

/** Default number of different packets. */
const PACKETS = 2_048;
const DELAY_MS_MAX = 3_600_000;
/** 10,000 packets a second for 20 minutes, so that the filter does not fit into any CPU cache. */
const FILTER = { expectedTags: 12_000_000, falsePositive: 1e-6 };
/** Largest number of tokens in one run; the first token of each run is a multiple of it. */
export const TOKENS_PER_RUN_MAX = 1_000_000;
/** One byte in this many is compared. */
const STRIDE = 61;
/** Number of bytes of a tag that differ between passes. */
const PASS_BYTES = 4;

/** Valid packets and the check of their results. */
export class ValidPackets {
  readonly packets: readonly Uint8Array[];
  readonly setup: Uint8Array;
  /** Number of wrong results. */
  wrong = 0;
  readonly #expected: readonly Uint8Array[];
  readonly #filter = new ReplayFilter(FILTER, new Uint8Array(16).fill(5));
  #pass = 0;

  /** @param count Number of different packets. */
  constructor(crypto: CryptoProvider, exchange: KeyExchangeOption, count = PACKETS) {
    const format = createPacketFormat({
      crypto,
      exchange: createKeyExchange(crypto, exchange),
      nrHops: DEFAULT_HOPS,
      userForwardPayloadLength: DEFAULT_USER_PAYLOAD_LENGTH,
      withSurb: true,
    });
    const random = randomBytes();
    const privateKeys = [0, 1].map(() => random(format.privateKeyLength));
    const keys = privateKeys.map((key) => format.openKey(key));
    const path = keys.map(({ publicKey }, hop) => ({
      id: new Uint8Array(32).fill(hop),
      publicKey,
      commands:
        hop === 0
          ? ([{ kind: 'nodeDelay', delayMs: 100 }] as const)
          : ([{ kind: 'recipient', id: new Uint8Array(32).fill(9) }] as const),
    }));
    this.packets = Array.from({ length: count }, () => {
      const payload = random(format.geometry.forwardPayloadLength);
      const created = format.createPacket({ path, random }, payload);
      if ('refusal' in created) throw new Error(created.refusal);
      return created.packet;
    });
    const rules = {
      keys: keys.slice(0, 1).map((key) => ({ key, enterTag: (): boolean => true })),
      delayMsMax: DELAY_MS_MAX,
      isNextHop: (): boolean => true,
    };
    this.#expected = this.packets.map((packet) => unwrapped(format, rules, packet));
    this.setup = encodeUnwrapSetup({
      exchange,
      nrHops: DEFAULT_HOPS,
      userForwardPayloadLength: DEFAULT_USER_PAYLOAD_LENGTH,
      withSurb: true,
      delayMsMax: DELAY_MS_MAX,
      privateKeys: privateKeys.slice(0, 1),
    });
  }

  /** Bytes of a packet. */
  get length(): number {
    return this.packets[0]?.length ?? 0;
  }

  // hot: once per packet.
  /**
   * Processes a result as a mix does and compares it with the expected output: all bytes in the
   * first pass of a run, later 50 bytes spread over it. That suffices, since one wrong bit would
   * change half of these bytes: the cipher treats the whole payload as one block, and the header is
   * protected by its MAC.
   */
  settle(token: number, result: PipelineResult): void {
    const count = this.packets.length;
    this.#pass = Math.floor(token / count);
    const isDone = result.status === 'done';
    const settled = isDone ? completeUnwrap(this.#rules, result) : undefined;
    const isForward = settled !== undefined && 'unwrapped' in settled;
    const expected = this.#expected[token % count] as Uint8Array;
    const isFirst = token % TOKENS_PER_RUN_MAX < count;
    const isRight = isFirst ? equalBytes(result.bytes, expected) : isLike(result.bytes, expected);
    if (!isForward || !isRight) this.wrong += 1;
  }

  readonly #rules = {
    keys: [
      {
        enterTag: (tag: Uint8Array): boolean => {
          for (let i = 0; i < PASS_BYTES; i += 1) {
            tag[i] = (tag[i] as number) ^ (this.#pass >>> (8 * i));
          }
          return this.#filter.enter(tag) === 'new';
        },
      },
    ],
    isNextHop: (): boolean => true,
  };
}

function isLike(found: Uint8Array, expected: Uint8Array): boolean {
  if (found.length !== expected.length) return false;
  for (let at = 0; at < found.length; at += STRIDE) if (found[at] !== expected[at]) return false;
  return true;
}

function unwrapped(
  format: PacketFormat,
  rules: Parameters<PacketFormat['receive']>[0],
  packet: Uint8Array,
): Uint8Array {
  const bytes = packet.slice();
  const received = format.receive(rules, bytes);
  if ('drop' in received) throw new Error(`void: ${received.drop}`);
  return bytes;
}

/** Pseudo-random bytes that are the same in every run. */
function randomBytes(): (length: number) => Uint8Array {
  let state = 7;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      return state >>> 24;
    });
}
