/**
 * The published negative vectors of Sphinx: mutations of a valid packet, and whole packets with a
 * valid MAC over slots that no honest sender writes.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { parseCommands } from '../../nodes/sphinx/commands.ts';
import {
  createPacket,
  type EpochKey,
  receivePacket,
  type SphinxSuite,
  x25519Nike,
} from '../../nodes/sphinx/index.ts';
import { accepted, epochKey } from '../unit/nodes/sphinx/network.ts';
import { type HopVector, providers, smallSuite } from '../unit/nodes/sphinx/support.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface Mutation {
  readonly name: string;
  readonly hop: number;
  readonly basePacket: string;
  readonly xor?: readonly { readonly offset: number; readonly mask: string }[];
  readonly replace?: readonly { readonly offset: number; readonly bytes: string }[];
  readonly truncateTo?: number;
  readonly append?: string;
  readonly repeat?: number;
  readonly expect: string;
}

interface Published {
  readonly cases: readonly {
    readonly name: string;
    readonly hops: readonly HopVector[];
    readonly packets: readonly string[];
  }[];
}

interface Crafted {
  readonly nodePrivateKey: string;
  readonly clientEphemeralPrivateKey: string;
  readonly nodeId: string;
  readonly cases: readonly {
    readonly name: string;
    readonly slotBytes: string;
    readonly packet: string;
    readonly expect: string;
  }[];
}

const mutations = hasVectors
  ? vectors<{ readonly cases: readonly Mutation[] }>('sphinx/negative.json').cases
  : [];
const crafted = hasVectors ? vectors<Crafted>('sphinx/negative-commands.json') : undefined;

function mutated(packet: Uint8Array, mutation: Mutation): Uint8Array {
  const { xor = [], replace = [], truncateTo = packet.length, append = '' } = mutation;
  const changed = fromHex(toHex(packet.subarray(0, truncateTo)) + append);
  for (const { offset, mask } of xor) {
    fromHex(mask).forEach((bits, index) => {
      changed[offset + index]! ^= bits;
    });
  }
  for (const { offset, bytes } of replace) changed.set(fromHex(bytes), offset);
  return changed;
}

/** The result for a packet: a drop, or its kind. */
function outcome(suite: SphinxSuite, key: EpochKey, packet: Uint8Array): string {
  const rules = { keys: [key], delayMsMax: 0xffff_ffff, isNextHop: (): boolean => true };
  const received = receivePacket(suite, rules, packet);
  return 'drop' in received ? received.drop : received.unwrapped.kind;
}

/** The results at all hops, until one drops or keeps the packet. */
function journey(suite: SphinxSuite, keys: readonly EpochKey[], packet: Uint8Array): string[] {
  const outcomes: string[] = [];
  for (const key of keys) {
    outcomes.push(outcome(suite, key, packet));
    if (outcomes.at(-1) !== 'forward') break;
  }
  return outcomes;
}

function expectedJourney(mutation: Mutation): readonly string[] {
  if (mutation.expect.startsWith('accepted-by-hop-0-and-hop-1')) {
    return ['forward', 'forward', 'payload-tag'];
  }
  return mutation.expect === 'second: replay' ? ['replay'] : [mutation.expect];
}

function expectedOutcome(text: string): string {
  if (text.startsWith('deliver (surb reply')) return 'surbReply';
  if (text.startsWith('deliver path')) return 'bad-command-set';
  return text.split(' ')[0]!;
}

describe.runIf(hasVectors).each(providers)('negative Sphinx vectors on %s', (_, crypto) => {
  const suite = smallSuite(crypto, x25519Nike(crypto));

  it('drops the 33 mutated packets by their reasons', () => {
    const { cases } = vectors<Published>('sphinx/katzenpost-nike-x25519.json');
    const { hops, packets } = cases.find(({ name }) => name === 'forward-3-hops')!;
    expect(mutations).toHaveLength(33);
    for (const mutation of mutations) {
      const base = fromHex(packets[Number(mutation.basePacket.match(/\d+/)![0])]!);
      const keys = hops.map(({ privateKey }) =>
        epochKey(suite.exchange.openKey(fromHex(privateKey))),
      );
      for (let count = 1; count < (mutation.repeat ?? 1); count++) {
        expect(outcome(suite, keys[mutation.hop]!, mutated(base, mutation))).toBe('forward');
      }
      const outcomes = journey(suite, keys.slice(mutation.hop), mutated(base, mutation));
      expect([mutation.name, ...outcomes]).toEqual([mutation.name, ...expectedJourney(mutation)]);
    }
  });

  it('takes or drops the 9 crafted packets by their commands', () => {
    const { nodePrivateKey, cases } = crafted!;
    expect(cases).toHaveLength(9);
    for (const { name, packet, expect: text } of cases) {
      const key = epochKey(suite.exchange.openKey(fromHex(nodePrivateKey)));
      expect([name, outcome(suite, key, fromHex(packet))]).toEqual([name, expectedOutcome(text)]);
    }
  });

  it('makes those crafted headers whose commands it can write', () => {
    const { nodePrivateKey, clientEphemeralPrivateKey, nodeId, cases } = crafted!;
    const { publicKey } = suite.exchange.openKey(fromHex(nodePrivateKey));
    let made = 0;
    for (const { slotBytes, packet } of cases) {
      const commands = parseCommands(fromHex(slotBytes));
      if (commands === undefined) continue;
      const path = [{ id: fromHex(nodeId), publicKey, commands }];
      // The vectors leave unused slots zero.
      const draws = [fromHex(clientEphemeralPrivateKey)];
      const random = (length: number): Uint8Array => draws.shift() ?? new Uint8Array(length);
      const { headerLength } = suite.geometry;
      const created = accepted(createPacket(suite, { path, random }, new Uint8Array(103)));
      const header = toHex(created.packet.subarray(0, headerLength));
      expect(header).toBe(packet.slice(0, 2 * headerLength));
      made++;
    }
    expect(made).toBe(5);
  });
});
