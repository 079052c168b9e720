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
import { itWhole, vectorSets, vectors } from '../vectors-root.ts';
import { onProviders } from './providers.ts';

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

/** Packets with a good and a bad slot, computed independently from docs/spec/mixnet.md. */
const FIGURES: Crafted = {
  nodePrivateKey: '52f22665a60c12d289185d950ee8813609166f6b113d178d6c0fd3901ff239a1',
  clientEphemeralPrivateKey: '94cc7411d717f14579b2aa100fbbb34fa593feaed27248b762e3ab5805f0765a',
  nodeId: '8cb610900f9e347fae886dc6507795ec745c4c3fcb2eb2c73e14934c867ee057',
  cases: [
    {
      name: 'recipient-then-null',
      slotBytes: '022b9c1d7e0f37c44921bd3f6564eadf7f142a72668c47e223d16edd8c47b46afc',
      packet:
        '000060806696e9bc70e4fade1b002136d1572abb51bdeb698353ec1a9b183955d940172ad46efbf9dfc70203' +
        '9bb9a8ddb402a74a269fb9dabc095c7c68346b630c273a54ad245b6598955d5060786d02628e0533b8b109a5' +
        'e495041026e68b8c7ac0be56005e4937f9343fad2cf4f5d2dc58517ab144197bf3e1a879bf185bcb73dfe56f' +
        'f7a112c9a9d71adf2df784e41478231816f5dcf2ee8aa717fb4f6c087ac8a2a00d674640201aa0e956c8f538' +
        '1ffef6e29dff854202774cc7e437386dbee80769f69d61440c227928fd8893b9cda34037eecd3c6a382d124b' +
        '5b085ba77d961649083b5e1c579d267f36fc6397379876eb5d574948556692cc48e52e4cac7af8be45056070' +
        'e5a8f3926ceaa3a319f97f58108be1ef85430a52c60cc091efe8de8203726bc2262295735de3f4b211428c9a' +
        '4633eb992326ae226fb5a909f6775ccc6b66ca0939da8e2877d8cccaea5d696cdafd9bf62b6182b483c4c9ca' +
        'cdb0ef2a489e8fd5e7eb6b3b0937aef7f6aae4aeaf57667bcdef308f35e205f2a7ca62a3f4885211b0d4d5f5' +
        '8ed3ebbb062c9138464a41a7407fc9a2c4b4fdff43a2c56e450239a1dc381e751f276dbb7ef80951fbc325d5' +
        '85b5caa74a76ab75b869761b9ec5e40189dd32a8d58d817256a6375deb625af605a1579f43d0dbeb9879aa53' +
        '0d154ebec5611c20e32141926dbfc855f8c964d4fdb079a4b91593f9a5b1714776eed80cd94b92d773e2f07b' +
        'ab979c7244fec2cf38905eeb3c279d5d0e336d13a2086df6ce8f317f2718577855f69e7e7249f61c0218b4cf' +
        '10ad3c0c5f314aca57d73bf4e9b2ccee15fa925516a9e4ccfa28d6f0408db441bad47cbd66a165',
      expect: 'deliver',
    },
    {
      name: 'unknown-command-7f',
      slotBytes: '7f',
      packet:
        '000060806696e9bc70e4fade1b002136d1572abb51bdeb698353ec1a9b183955d9406a01487385f6e8034b22' +
        '2686cdb95eddd85e0ceddf56fbeb7fad06e9e724b84dc654ad245b6598955d5060786d02628e0533b8b109a5' +
        'e495041026e68b8c7ac0be56005e4937f9343fad2cf4f5d2dc58517ab144197bf3e1a879bf185bcb73dfe56f' +
        'f7a112c9a9d71adf2df784e41478231816f5dcf2ee8aa717fb4f6c087ac8a2a00d674640201aa0e956c8f538' +
        '1ffef6e29dff854202774cc7e437386dbee80769f69d61440c227928fd8893b9cda34037eecd3c6a382d124b' +
        '5b085ba77d961649083b5e1c579d267f36fc6397379876eb5d574948556692cc48e52e4cac7af8be45056070' +
        'e5a8f3926ceaa3a319f97f58108be1ef85430a52c60cc091efe8de8203726bc2262295735de3f4b211428c9a' +
        '4633eb992326ae226fb5a909f6775ccc6b66ca0939da8e2877d8cccaea5d696cdafd9bf62b6182b483c4c9ca' +
        'cdb0ef2a489e8fd5e7eb6b3b0937aef7f6aae4aeaf57667bcdef308f35e205f2a7ca62a3f4885211b0d4d5f5' +
        '8ed3ebbb062c9138464a41a7407fc9a2c4b4fdff43a2c56e450239a1dc381e751f276dbb7ef80951fbc325d5' +
        '85b5caa7d5ef3961a66eb2817c1dfcd0ef99439341ec4ee8c6d37e9f061fc2419d23d67343d0dbeb9879aa53' +
        '0d154ebec5611c20e32141926dbfc855f8c964d4fdb079a4b91593f9a5b1714776eed80cd94b92d773e2f07b' +
        'ab979c7244fec2cf38905eeb3c279d5d0e336d13a2086df6ce8f317f2718577855f69e7e7249f61c0218b4cf' +
        '10ad3c0c5f314aca57d73bf4e9b2ccee15fa925516a9e4ccfa28d6f0408db441bad47cbd66a165',
      expect: 'bad-command',
    },
  ],
};

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

describe.each(providers)('mutated Sphinx packets on %s', (_, crypto) => {
  const suite = smallSuite(crypto, x25519Nike(crypto));

  itWhole('drops the 33 mutated packets by their reasons', () => {
    const { cases } = vectors<Published>('sphinx/katzenpost-nike-x25519.json');
    const { cases: mutations } = vectors<{ readonly cases: readonly Mutation[] }>(
      'sphinx/negative.json',
    );
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
});

const SETS = onProviders(providers, vectorSets('sphinx/negative-commands.json', FIGURES));

describe.each(SETS)('crafted Sphinx packets on $provider, $set', ({ crypto, file, isWhole }) => {
  const suite = smallSuite(crypto, x25519Nike(crypto));

  it('are taken or dropped by their commands', () => {
    const { nodePrivateKey, cases } = file;
    expect(cases).toHaveLength(isWhole ? 9 : 2);
    for (const { name, packet, expect: text } of cases) {
      const key = epochKey(suite.exchange.openKey(fromHex(nodePrivateKey)));
      expect([name, outcome(suite, key, fromHex(packet))]).toEqual([name, expectedOutcome(text)]);
    }
  });

  it('have headers that are made again where their commands can be written', () => {
    const { nodePrivateKey, clientEphemeralPrivateKey, nodeId, cases } = file;
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
    expect(made).toBe(isWhole ? 5 : 1);
  });
});
