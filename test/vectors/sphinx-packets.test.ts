/**
 * The published vectors of Sphinx in the Katzenpost format: packets unwrapped hop by hop, packets
 * and SURBs created from given randomness, replies made and read, in NIKE and KEM mode.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { encodeCommands, parseCommands } from '../../nodes/sphinx/commands.ts';
import { blindingFactor } from '../../nodes/sphinx/crypto.ts';
import { combineSecrets } from '../../nodes/sphinx/exchange.ts';
import { createGeometry, type ExchangeName } from '../../nodes/sphinx/geometry.ts';
import {
  createExchange,
  createPacket,
  createReply,
  createSurb,
  openReply,
  type SphinxSuite,
  type Unwrapped,
  unwrap,
  x25519Kem,
  x25519Nike,
} from '../../nodes/sphinx/index.ts';
import { accepted } from '../unit/nodes/sphinx/network.ts';
import {
  concatInOrder,
  type HopVector,
  providers,
  smallSuite,
} from '../unit/nodes/sphinx/support.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

const REPLY_SECRET_LENGTH = 64;

interface Derived {
  readonly groupElement: string;
  readonly sharedSecret: string;
  readonly headerMacKey: string;
  readonly headerKey: string;
  readonly headerIv: string;
  readonly payloadKey: string;
  readonly blindingSeed: string;
  readonly blindingFactor: string;
  readonly replayTag: string;
  readonly allCommands: readonly string[];
}

interface Chain {
  readonly name: string;
  readonly packets: readonly string[];
  readonly payload: string;
  readonly surb?: string;
  readonly surbKeys?: string;
}

interface PublishedChain extends Chain {
  readonly hops: readonly (HopVector & { readonly derived: Derived })[];
}

interface KemChain extends Chain {
  readonly kem: 'x25519' | 'MLKEM768' | 'MLKEM768-X25519';
  readonly nodes: readonly (HopVector & {
    readonly sharedSecret: string;
    readonly replayTag: string;
  })[];
  readonly geometry: { readonly [name: string]: number };
}

interface Creation {
  readonly name: string;
  readonly mode: string;
  readonly nodes: readonly HopVector[];
  readonly fillerOfUnusedSlots: string;
  readonly ephemeralPrivateKey?: string;
  readonly ephemeralPrivateKeys?: readonly string[];
  readonly header: string;
  readonly payload: string;
  readonly k0?: string;
  readonly surb?: string;
  readonly surbKeys?: string;
  readonly packet: string;
}

function load<T>(name: string): readonly T[] {
  return hasVectors ? vectors<{ readonly cases: readonly T[] }>(`sphinx/${name}.json`).cases : [];
}

const published = load<PublishedChain>('katzenpost-nike-x25519');
const creations = load<Creation>('creation-computed');
const kemChains = load<KemChain>('kem-computed');

/** Sends `packets[0]` through all hops; every packet on the way must equal the published one. */
function runChain(suite: SphinxSuite, chain: Chain, hops: readonly HopVector[]): Unwrapped {
  const packet = fromHex(chain.packets[0]!);
  for (const [index, hop] of hops.entries()) {
    const key = suite.exchange.openKey(fromHex(hop.privateKey));
    expect(toHex(key.publicKey)).toBe(hop.publicKey);
    expect(toHex(packet)).toBe(chain.packets[index]);
    const unwrapped = accepted(unwrap(suite, key, packet));
    if (unwrapped.kind !== 'forward') {
      expect(index).toBe(hops.length - 1);
      return unwrapped;
    }
    expect(toHex(unwrapped.nextNode)).toBe(hops[index + 1]!.id);
  }
  throw new Error(`${chain.name} has no terminal hop`);
}

/** Checks the payload, or opens the reply with the keys of the vector. */
function checkPayload(suite: SphinxSuite, chain: Chain, unwrapped: Unwrapped): void {
  if (chain.surbKeys === undefined) {
    expect(unwrapped.kind).toBe('deliver');
    expect(toHex((unwrapped as { payload: Uint8Array }).payload)).toBe(chain.payload);
    return;
  }
  expect(unwrapped.kind).toBe('surbReply');
  const { payload } = unwrapped as { payload: Uint8Array };
  const opened = accepted(openReply(suite, payload, fromHex(chain.surbKeys)));
  expect(toHex(opened.payload)).toBe(chain.payload);
}

function checkReply(suite: SphinxSuite, chain: Chain, firstHop: string): void {
  if (chain.surb === undefined) return;
  const reply = accepted(createReply(suite, fromHex(chain.surb), fromHex(chain.payload)));
  expect(toHex(reply.packet)).toBe(chain.packets[0]);
  expect(toHex(reply.firstHop)).toBe(firstHop);
}

function checkCreation(suite: SphinxSuite, vector: Creation): void {
  const secrets = vector.ephemeralPrivateKeys ?? [vector.ephemeralPrivateKey!];
  const random = concatInOrder([
    ...(vector.k0 === undefined ? [] : [vector.k0]),
    ...secrets,
    vector.fillerOfUnusedSlots,
  ]);
  const path = vector.nodes.map(({ id, publicKey, commands }) => ({
    id: fromHex(id),
    publicKey: fromHex(publicKey),
    commands: commands.flatMap((command) => parseCommands(fromHex(command))!),
  }));
  if (vector.surb === undefined) {
    const created = accepted(
      createPacket(suite, { path, random: random.take }, fromHex(vector.payload)),
    );
    expect(toHex(created.packet)).toBe(vector.packet);
  } else {
    const created = accepted(createSurb(suite, { path, random: random.take }));
    expect(toHex(created.surb)).toBe(vector.surb);
    expect(toHex(created.keys)).toBe(vector.surbKeys);
    expect(created.keys).toHaveLength(REPLY_SECRET_LENGTH * (path.length + 1));
    checkReply(suite, { ...vector, packets: [vector.packet] }, vector.nodes[0]!.id);
  }
  expect(random.left()).toBe(0);
}

const KEM_NAMES = {
  x25519: 'x25519-kem',
  MLKEM768: 'mlkem768',
  'MLKEM768-X25519': 'mlkem768-x25519',
} as const;

describe.runIf(hasVectors).each(providers)('Sphinx vectors on %s', (_, crypto) => {
  const nike = smallSuite(crypto, x25519Nike(crypto));

  it.each(published.map((chain) => [chain.name, chain] as const))(
    'R-131: unwraps %s of Katzenpost hop by hop to the byte',
    (__, chain) => {
      checkPayload(nike, chain, runChain(nike, chain, chain.hops));
      checkReply(nike, chain, chain.hops[0]!.id);
    },
  );

  it.each(published.map((chain) => [chain.name, chain] as const))(
    'derives every secret, key, commands and replay tag of %s',
    (__, chain) => {
      for (const [index, { derived, privateKey }] of chain.hops.entries()) {
        const key = nike.exchange.openKey(fromHex(privateKey));
        const secret = key.secretOf(fromHex(derived.groupElement))!;
        expect(toHex(secret)).toBe(derived.sharedSecret);
        const keys = nike.deriveKeys(secret);
        expect(toHex(keys.macKey)).toBe(derived.headerMacKey);
        expect(toHex(keys.streamKey)).toBe(derived.headerKey);
        expect(toHex(keys.iv)).toBe(derived.headerIv);
        expect(toHex(keys.key)).toBe(derived.payloadKey);
        expect(toHex(keys.blindingSeed)).toBe(derived.blindingSeed);
        expect(toHex(blindingFactor(crypto, keys.blindingSeed))).toBe(derived.blindingFactor);
        const unwrapped = accepted(unwrap(nike, key, fromHex(chain.packets[index]!)));
        expect(toHex(unwrapped.replayTag)).toBe(derived.replayTag);
        expect(unwrapped.commands.map((command) => toHex(encodeCommands([command])))).toEqual(
          derived.allCommands,
        );
      }
    },
  );

  it.each(creations.map((vector) => [vector.name, vector] as const))(
    'R-131: creates %s from the given randomness to the byte',
    (__, vector) => {
      const isKem = vector.mode.startsWith('KEM');
      checkCreation(isKem ? smallSuite(crypto, x25519Kem(crypto)) : nike, vector);
    },
  );

  it.each(kemChains.map((chain) => [chain.name, chain] as const))(
    'R-131: unwraps %s hop by hop to the byte',
    (__, chain) => {
      const suite = smallSuite(crypto, createExchange(crypto, KEM_NAMES[chain.kem]));
      const unwrapped = runChain(suite, chain, chain.nodes);
      checkPayload(suite, chain, unwrapped);
      checkReply(suite, chain, chain.nodes[0]!.id);
      expect(toHex(unwrapped.replayTag)).toBe(chain.nodes.at(-1)!.replayTag);
      for (const [index, { privateKey, sharedSecret }] of chain.nodes.entries()) {
        const end = 4 + 2 * suite.exchange.elementLength;
        const ciphertext = fromHex(chain.packets[index]!.slice(4, end));
        const key = suite.exchange.openKey(fromHex(privateKey));
        expect(toHex(key.secretOf(ciphertext)!)).toBe(sharedSecret);
      }
      const { perHopRoutingInfoLength, headerLength, surbLength, packetLength } = suite.geometry;
      const { perHop, header, surb, packet } = chain.geometry;
      expect([perHopRoutingInfoLength, headerLength, surbLength, packetLength]).toEqual([
        perHop,
        header,
        surb,
        packet,
      ]);
    },
  );

  it('agrees with the recorded secrets of encapsulation by X25519', () => {
    interface Vector {
      readonly recipientPrivate: string;
      readonly recipientPublic: string;
      readonly ephemeralPrivate: string;
      readonly ciphertext: string;
      readonly sharedKey: string;
    }
    const all = vectors<{ x25519KemComputed: readonly Vector[] }>('other/blake2x.json');
    const kem = x25519Kem(crypto);
    expect(all.x25519KemComputed).toHaveLength(4);
    for (const vector of all.x25519KemComputed) {
      const coins = fromHex(vector.ephemeralPrivate);
      const made = kem.encapsulate(fromHex(vector.recipientPublic), coins)!;
      expect(toHex(made.ciphertext)).toBe(vector.ciphertext);
      expect(toHex(made.secret)).toBe(vector.sharedKey);
      const key = kem.openKey(fromHex(vector.recipientPrivate));
      expect(toHex(key.secretOf(made.ciphertext)!)).toBe(vector.sharedKey);
    }
  });

  it('combines two secrets as recorded', () => {
    interface Vector {
      readonly sharedSecrets: readonly string[];
      readonly ciphertexts: readonly string[];
      readonly combined: string;
    }
    const all = vectors<{ splitPrfComputed: readonly Vector[] }>('other/blake2x.json');
    expect(all.splitPrfComputed).toHaveLength(2);
    for (const { sharedSecrets, ciphertexts, combined } of all.splitPrfComputed) {
      const secret = combineSecrets(
        crypto,
        sharedSecrets.map(fromHex),
        fromHex(ciphertexts.join('')),
      );
      expect(toHex(secret)).toBe(combined);
    }
  });

  it('gives the recorded blinding factors', () => {
    interface Vector {
      readonly seed: string;
      readonly blindingFactor: string;
    }
    const all = vectors<{ blindingFromSeedComputed: readonly Vector[] }>('other/hkdf.json');
    expect(all.blindingFromSeedComputed).toHaveLength(3);
    for (const { seed, blindingFactor: factor } of all.blindingFromSeedComputed) {
      expect(toHex(blindingFactor(crypto, fromHex(seed)))).toBe(factor);
    }
  });

  it('expands without extracting as recorded', () => {
    interface Vector {
      readonly prk: string;
      readonly okm: string;
    }
    const all = vectors<{ expandOnlyComputed: readonly Vector[] }>('other/hkdf.json');
    expect(all.expandOnlyComputed).toHaveLength(3);
    for (const { prk, okm } of all.expandOnlyComputed) {
      const keys = nike.deriveKeys(fromHex(prk));
      const { macKey, streamKey, iv, key, blindingSeed } = keys;
      expect([macKey, streamKey, iv, key, blindingSeed].map(toHex).join('')).toBe(okm);
    }
  });
});

describe.runIf(hasVectors)('Sphinx lengths and commands', () => {
  it('computes the 72 recorded geometries', () => {
    interface Row {
      readonly scheme: string;
      readonly mode: 'NIKE' | 'KEM';
      readonly [name: string]: unknown;
    }
    const rows = vectors<readonly Row[]>('sphinx/geometry.json');
    expect(rows).toHaveLength(72);
    for (const { scheme, mode, ...lengths } of rows) {
      const exchange = { kind: mode === 'NIKE' ? 'nike' : 'kem', name: scheme } as ExchangeName;
      const geometry = createGeometry({
        exchange,
        nrHops: lengths['nrHops'] as number,
        userForwardPayloadLength: lengths['userForwardPayloadLength'] as number,
        withSurb: lengths['withSurb'] as boolean,
      });
      expect(geometry).toMatchObject(lengths);
      expect(mode === 'NIKE' ? geometry.nikeName : geometry.kemName).toBe(scheme);
    }
  });

  it('encodes and decodes the published commands', () => {
    const all = vectors<{
      readonly [name: string]: { readonly [field: string]: string | number };
    }>('sphinx/commands.json');
    const bytes = (name: string, field: string): Uint8Array => fromHex(all[name]![field] as string);
    const cases = [
      [
        'nextNodeHop',
        { kind: 'nextNode', id: bytes('nextNodeHop', 'id'), mac: bytes('nextNodeHop', 'mac') },
      ],
      ['recipient', { kind: 'recipient', id: bytes('recipient', 'id') }],
      ['surbReply', { kind: 'surbReply', id: bytes('surbReply', 'id') }],
      ['nodeDelay', { kind: 'nodeDelay', delayMs: all['nodeDelay']!['delayMs'] as number }],
    ] as const;
    for (const [name, command] of cases) {
      expect(toHex(encodeCommands([command]))).toBe(all[name]!['bytes']);
      expect(parseCommands(bytes(name, 'bytes'))).toEqual([command]);
    }
  });

  it('parses or refuses the 11 recorded slots', () => {
    const { parse } = vectors<{ parse: readonly { bytes: string; result: string }[] }>(
      'sphinx/commands.json',
    );
    expect(parse).toHaveLength(11);
    for (const { bytes, result } of parse) {
      const commands = parseCommands(fromHex(bytes));
      if (result === 'error') expect(commands).toBeUndefined();
      else if (result === 'end') expect(commands).toEqual([]);
      else expect(commands).toEqual([{ kind: 'nodeDelay', delayMs: 1234 }]);
    }
  });
});

it.runIf(hasVectors)('covers all open Sphinx vectors', () => {
  expect([published.length, creations.length, kemChains.length]).toEqual([6, 8, 8]);
});
