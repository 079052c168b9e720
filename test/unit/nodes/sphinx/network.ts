/**
 * A small network for the Sphinx tests: nodes with keys and tags, paths over them, and packets with
 * any slot behind a valid MAC, which only a sender can make.
 *
 * @module
 */
import { expect } from 'vitest';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { concatBytes, toHex } from '../../../../nodes/_kit/bytes.ts';
import type { RoutingCommand } from '../../../../nodes/sphinx/commands.ts';
import { encipherPayload } from '../../../../nodes/sphinx/crypto.ts';
import {
  type AcceptedPacket,
  createPacket,
  createSuite,
  type EpochKey,
  type Kem,
  type Nike,
  type NodePrivateKey,
  type PathHop,
  type ReceiveRules,
  receivePacket,
  type SphinxSuite,
  type UnwrappedPacket,
} from '../../../../nodes/sphinx/index.ts';

/** Three epochs of 20 minutes, in milliseconds. */
export const DELAY_MS_MAX = 3 * 20 * 60 * 1000;

/** Bytes that depend only on the label: hashes of the label and a counter. */
export function labelledBytes(crypto: CryptoProvider, label: string, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0; 32 * counter < length; counter++) {
    const text = `${label} ${counter}`;
    blocks.push(crypto.sha256(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  }
  return concatBytes(...blocks).slice(0, length);
}

/** A source of bytes derived from a label; each call returns different bytes. */
export function labelledSource(
  crypto: CryptoProvider,
  label: string,
): (length: number) => Uint8Array {
  let calls = 0;
  return (length) => {
    calls++;
    return labelledBytes(crypto, `${label} call ${calls}`, length);
  };
}

/** Returns the result after asserting that it is neither a drop nor a rejection. */
export function accepted<Result extends object>(
  result: Result,
): Exclude<Result, { readonly drop: string } | { readonly refusal: string }> {
  expect(result).not.toHaveProperty('drop');
  expect(result).not.toHaveProperty('refusal');
  return result as Exclude<Result, { readonly drop: string } | { readonly refusal: string }>;
}

/** The replay tags of one key. */
export function epochKey(key: NodePrivateKey, tags: Set<string> = new Set()): EpochKey {
  return {
    key,
    enterTag(tag): boolean {
      const name = toHex(tag);
      if (tags.has(name)) return false;
      tags.add(name);
      return true;
    },
  };
}

/** A node that accepts every next hop. */
export class TestNode {
  readonly id: Uint8Array;
  readonly key: NodePrivateKey;
  readonly rules: ReceiveRules;

  constructor(suite: SphinxSuite, label: string) {
    const { privateKeyLength } = suite.exchange;
    this.id = labelledBytes(suite.crypto, `${label} id`, 32);
    this.key = suite.exchange.openKey(
      labelledBytes(suite.crypto, `${label} key`, privateKeyLength),
    );
    this.rules = {
      keys: [epochKey(this.key)],
      delayMsMax: DELAY_MS_MAX,
      isNextHop: (): boolean => true,
    };
  }
}

/** A Sphinx suite with five nodes. */
export class TestNetwork {
  readonly suite: SphinxSuite;
  readonly nodes: readonly TestNode[];
  readonly recipient: Uint8Array = new Uint8Array(32).fill(0xaa);

  constructor(crypto: CryptoProvider, exchange: Nike | Kem, withSurb = false, withWindows = false) {
    this.suite = createSuite({
      crypto,
      exchange,
      nrHops: 5,
      userForwardPayloadLength: 103,
      withSurb,
      withWindows,
    });
    this.nodes = Array.from({ length: 5 }, (_, index) => new TestNode(this.suite, `node ${index}`));
  }

  /** A path over the first nodes, with `terminal` commands for the last one. */
  path(hops: number, terminal: readonly RoutingCommand[] = []): readonly PathHop[] {
    return this.nodes.slice(0, hops).map(({ id, key }, index) => ({
      id,
      publicKey: key.publicKey,
      commands:
        index < hops - 1
          ? [{ kind: 'nodeDelay', delayMs: 100 + index }]
          : [{ kind: 'recipient', id: this.recipient }, ...terminal],
    }));
  }

  /** A packet over the first nodes; its randomness depends on the label. */
  packet(hops: number, payload: Uint8Array, label = 'packet'): Uint8Array {
    const random = labelledSource(this.suite.crypto, label);
    return accepted(createPacket(this.suite, { path: this.path(hops), random }, payload)).packet;
  }

  /** A payload of the right length. */
  payload(byte = 0x5a): Uint8Array {
    return new Uint8Array(this.suite.geometry.forwardPayloadLength).fill(byte);
  }

  /** Processes a packet with a new set of replay tags, so that tests do not affect each other. */
  receive(index: number, packet: Uint8Array): AcceptedPacket | { readonly drop: string } {
    const node = this.nodes[index]!;
    return receivePacket(this.suite, { ...node.rules, keys: [epochKey(node.key)] }, packet);
  }

  /**
   * Sends a packet, which changes in place, over the nodes `from` to `to`; each of them must
   * forward it.
   */
  forward(packet: Uint8Array, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const received = this.receive(index, packet);
      expect(received).toMatchObject({
        unwrapped: { kind: 'forward', nextNode: this.nodes[index + 1]!.id },
        delayMs: 100 + index,
      });
    }
  }

  /** The result at the last node of a path, after all nodes before it. */
  arrive(packet: Uint8Array, hops: number): UnwrappedPacket | { readonly drop: string } {
    const received = this.receive(hops - 1, packet);
    return 'drop' in received ? received : received.unwrapped;
  }

  /** Sends a reply over the first nodes; returns what the owner of the SURB receives. */
  carryReply(packet: Uint8Array, hops: number): Extract<UnwrappedPacket, { kind: 'surbReply' }> {
    this.forward(packet, 0, hops - 1);
    const arrived = accepted(this.arrive(packet, hops));
    if (arrived.kind !== 'surbReply') return expect.fail(`arrived as ${arrived.kind}`);
    return arrived;
  }

  /**
   * A packet for the first node with any slot behind a valid MAC, and any tag in its payload. Works
   * for NIKE only.
   */
  crafted(slotBytes: Uint8Array, tag: Uint8Array = new Uint8Array(32)): Uint8Array {
    const { suite } = this;
    const { crypto, geometry } = suite;
    const ephemeral = labelledBytes(crypto, 'crafted', 32);
    const element = crypto.x25519PublicKey(ephemeral);
    const keys = suite.deriveKeys(crypto.x25519(ephemeral, this.nodes[0]!.key.publicKey)!);
    const slots = new Uint8Array(geometry.routingInfoLength);
    slots.set(slotBytes);
    const routingInfo = crypto.aesCtr(keys.streamKey, keys.iv, slots);
    const head = concatBytes(new Uint8Array(2), element, routingInfo);
    const payload = concatBytes(tag, this.payload());
    encipherPayload(crypto, keys, payload);
    return concatBytes(head, crypto.hmacSha256(keys.macKey, head), payload);
  }
}
