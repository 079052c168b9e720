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
import { createPacketGeometry, type KeyExchangeId } from '../../nodes/sphinx/geometry.ts';
import {
  createKeyExchange,
  createPacket,
  createReply,
  createSurb,
  openReply,
  type SphinxSuite,
  type UnwrappedPacket,
  unwrapPacket,
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
import { itWhole, vectorSets, vectors } from '../vectors-root.ts';
import { onProviders } from './providers.ts';
import { CREATION, KEM_CHAIN } from './sphinx-figures.ts';

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
  readonly payload: string;
  readonly k0?: string;
  readonly surb?: string;
  readonly surbKeys?: string;
  readonly packet: string;
}

interface Cases<T> {
  readonly cases: readonly T[];
}

/** The given cases, and those of the file if it is installed. */
function load<T>(name: string, figures: Cases<T>): readonly T[] {
  return vectorSets(`sphinx/${name}.json`, figures).flatMap(({ file }) => file.cases);
}

const published = load<PublishedChain>('katzenpost-nike-x25519', { cases: [] });
const creations = load<Creation>('creation-computed', CREATION);
const kemChains = load<KemChain>('kem-computed', KEM_CHAIN);

/** Sends `packets[0]` through all hops; every packet on the way must equal the published one. */
function runChain(suite: SphinxSuite, chain: Chain, hops: readonly HopVector[]): UnwrappedPacket {
  const packet = fromHex(chain.packets[0]!);
  for (const [index, hop] of hops.entries()) {
    const key = suite.exchange.openKey(fromHex(hop.privateKey));
    expect(toHex(key.publicKey)).toBe(hop.publicKey);
    expect(toHex(packet)).toBe(chain.packets[index]);
    const unwrapped = accepted(unwrapPacket(suite, key, packet));
    if (unwrapped.kind !== 'forward') {
      expect(index).toBe(hops.length - 1);
      return unwrapped;
    }
    expect(toHex(unwrapped.nextNode)).toBe(hops[index + 1]!.id);
  }
  throw new Error(`${chain.name} has no terminal hop`);
}

/** Checks the payload, or opens the reply with the keys of the vector. */
function checkPayload(suite: SphinxSuite, chain: Chain, unwrapped: UnwrappedPacket): void {
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

describe.each(providers)('Sphinx vectors on %s', (_, crypto) => {
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
        const unwrapped = accepted(unwrapPacket(nike, key, fromHex(chain.packets[index]!)));
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
      const suite = smallSuite(crypto, createKeyExchange(crypto, KEM_NAMES[chain.kem]));
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

  itWhole('combines two secrets as recorded', () => {
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
});

interface KemFile {
  readonly x25519KemComputed: readonly {
    readonly recipientPrivate: string;
    readonly recipientPublic: string;
    readonly ephemeralPrivate: string;
    readonly ciphertext: string;
    readonly sharedKey: string;
  }[];
}

/** Computed independently from docs/spec/mixnet.md, as are the following. */
const KEM: KemFile = {
  x25519KemComputed: [
    {
      recipientPrivate: 'e7172f5e016e6981744aebb359845efbb62b1982877e1d5f4adc8a3538e0635b',
      recipientPublic: 'c78ed5f1b051d9d3227ad6299e10aedcdf05eb9a399ffa5a07697736719a0f15',
      ephemeralPrivate: '999f2cc799d7788cf46328ccf41afa42c2c0bf70f0fee0174f76df36b1001117',
      ciphertext: '63c8d90179c372dfdc01d52ecc396c6b079c960023074b2460058631d2e0ca7f',
      sharedKey: '4b6f24de90a0fa009bfda5a8654eaaaf82734daba29dd7f91fb5f8fe98c37b06',
    },
  ],
};
const KEMS = onProviders(providers, vectorSets('other/blake2x.json', KEM));

describe.each(KEMS)('secrets of Sphinx on $provider, $set', ({ crypto, file, isWhole }) => {
  it('of encapsulation by X25519 are as recorded', () => {
    const kem = x25519Kem(crypto);
    expect(file.x25519KemComputed).toHaveLength(isWhole ? 4 : 1);
    for (const vector of file.x25519KemComputed) {
      const coins = fromHex(vector.ephemeralPrivate);
      const made = kem.encapsulate(fromHex(vector.recipientPublic), coins)!;
      expect(toHex(made.ciphertext)).toBe(vector.ciphertext);
      expect(toHex(made.secret)).toBe(vector.sharedKey);
      const key = kem.openKey(fromHex(vector.recipientPrivate));
      expect(toHex(key.secretOf(made.ciphertext)!)).toBe(vector.sharedKey);
    }
  });
});

interface HkdfFile {
  readonly blindingFromSeedComputed: readonly {
    readonly seed: string;
    readonly blindingFactor: string;
  }[];
  readonly expandOnlyComputed: readonly { readonly prk: string; readonly okm: string }[];
}

const HKDF: HkdfFile = {
  blindingFromSeedComputed: [
    {
      seed: '57fbd1ba79abc7d740689e8f92d9d13215dbfa068a89db930e25ccecd370572f',
      blindingFactor: '508c89a6071597b4450cb4f0ce4c7fd280e75ab5d5ae2058fd0b2a500f4eb146',
    },
  ],
  expandOnlyComputed: [
    {
      prk: 'd9d3dc10768afbbb50fb38ef801a005f37ff688842f45440880613f28843b28f',
      okm:
        'aece6fa543316c4c1c99ddd69e74c7c4cd01bd56419d73e0f54c986f42ef90224f9b69027b19e4152231203c' +
        '4801ac9a550fbbc54bfaed662564fc027e495166490fdd82492b4c9ef461b3288148a9845f6486bc263a5740' +
        'c8915e42cdd437ee7af93a5914bb802144171696b9d58ff62f6b00f893086422822f994c1bac390d0380326f' +
        '0b4582bd3d5e9f1647eb833361cd6329d1c8cbb7a265737d6b5d72a7',
    },
  ],
};
const HKDFS = onProviders(providers, vectorSets('other/hkdf.json', HKDF));

describe.each(HKDFS)('keys of Sphinx on $provider, $set', ({ crypto, file, isWhole }) => {
  it('gives the recorded blinding factors', () => {
    expect(file.blindingFromSeedComputed).toHaveLength(isWhole ? 3 : 1);
    for (const { seed, blindingFactor: factor } of file.blindingFromSeedComputed) {
      expect(toHex(blindingFactor(crypto, fromHex(seed)))).toBe(factor);
    }
  });

  it('expands without extracting as recorded', () => {
    const nike = smallSuite(crypto, x25519Nike(crypto));
    expect(file.expandOnlyComputed).toHaveLength(isWhole ? 3 : 1);
    for (const { prk, okm } of file.expandOnlyComputed) {
      const keys = nike.deriveKeys(fromHex(prk));
      const { macKey, streamKey, iv, key, blindingSeed } = keys;
      expect([macKey, streamKey, iv, key, blindingSeed].map(toHex).join('')).toBe(okm);
    }
  });
});

interface Row {
  readonly scheme: string;
  readonly mode: 'NIKE' | 'KEM';
  readonly [name: string]: unknown;
}

const GEOMETRIES: readonly Row[] = [
  {
    scheme: 'x25519',
    mode: 'NIKE',
    elementLength: 32,
    nrHops: 5,
    userForwardPayloadLength: 2000,
    withSurb: true,
    perHopRoutingInfoLength: 82,
    routingInfoLength: 410,
    headerLength: 476,
    surbLength: 572,
    forwardPayloadLength: 2574,
    packetLength: 3082,
    nextNodeHopLength: 65,
    payloadTagLength: 32,
    sprpKeyMaterialLength: 64,
    sphinxPlaintextHeaderLength: 2,
  },
  {
    scheme: 'x25519',
    mode: 'KEM',
    elementLength: 32,
    nrHops: 5,
    userForwardPayloadLength: 2000,
    withSurb: true,
    perHopRoutingInfoLength: 114,
    routingInfoLength: 570,
    headerLength: 636,
    surbLength: 732,
    forwardPayloadLength: 2734,
    packetLength: 3402,
    nextNodeHopLength: 65,
    payloadTagLength: 32,
    sprpKeyMaterialLength: 64,
    sphinxPlaintextHeaderLength: 2,
  },
];

interface CommandFile {
  readonly nextNodeHop: { readonly id: string; readonly mac: string; readonly bytes: string };
  readonly recipient: { readonly id: string; readonly bytes: string };
  readonly surbReply: { readonly id: string; readonly bytes: string };
  readonly nodeDelay: { readonly delayMs: number; readonly bytes: string };
  readonly parse: readonly { readonly bytes: string; readonly result: string }[];
}

const ID = '0123456789abcdef'.repeat(4);

/** Written from the layouts in docs/spec/mixnet.md. */
const COMMANDS: CommandFile = {
  nextNodeHop: { id: ID, mac: 'fe'.repeat(32), bytes: `01${ID}${'fe'.repeat(32)}` },
  recipient: { id: ID, bytes: `02${ID}` },
  surbReply: { id: ID.slice(32), bytes: `03${ID.slice(32)}` },
  nodeDelay: { delayMs: 1234, bytes: '80000004d2' },
  parse: [
    { bytes: '00', result: 'end' },
    { bytes: '80000004d200', result: 'nodeDelay 1234 then end' },
    { bytes: '80000004', result: 'error' },
    { bytes: `7f${'00'.repeat(81)}`, result: 'error' },
  ],
};

describe('Sphinx lengths and commands', () => {
  it.each(vectorSets('sphinx/geometry.json', GEOMETRIES))('geometries, $set', (set) => {
    const { file: rows, isWhole } = set;
    expect(rows).toHaveLength(isWhole ? 72 : 2);
    for (const { scheme, mode, ...lengths } of rows) {
      const exchange = { kind: mode === 'NIKE' ? 'nike' : 'kem', name: scheme } as KeyExchangeId;
      const geometry = createPacketGeometry({
        exchange,
        nrHops: lengths['nrHops'] as number,
        userForwardPayloadLength: lengths['userForwardPayloadLength'] as number,
        withSurb: lengths['withSurb'] as boolean,
      });
      expect(geometry).toMatchObject(lengths);
      expect(mode === 'NIKE' ? geometry.nikeName : geometry.kemName).toBe(scheme);
    }
  });

  const commandSets = vectorSets('sphinx/commands.json', COMMANDS);
  it.each(commandSets)('encodes and decodes commands, $set', ({ file }) => {
    const { nextNodeHop: hop, recipient, surbReply, nodeDelay } = file;
    const cases = [
      [hop, { kind: 'nextNode', id: fromHex(hop.id), mac: fromHex(hop.mac) }],
      [recipient, { kind: 'recipient', id: fromHex(recipient.id) }],
      [surbReply, { kind: 'surbReply', id: fromHex(surbReply.id) }],
      [nodeDelay, { kind: 'nodeDelay', delayMs: nodeDelay.delayMs }],
    ] as const;
    for (const [{ bytes }, command] of cases) {
      expect(toHex(encodeCommands([command]))).toBe(bytes);
      expect(parseCommands(fromHex(bytes))).toEqual([command]);
    }
  });

  it.each(commandSets)('parses or refuses recorded slots, $set', ({ file, isWhole }) => {
    const { parse } = file;
    expect(parse).toHaveLength(isWhole ? 11 : 4);
    for (const { bytes, result } of parse) {
      const commands = parseCommands(fromHex(bytes));
      if (result === 'error') expect(commands).toBeUndefined();
      else if (result === 'end') expect(commands).toEqual([]);
      else expect(commands).toEqual([{ kind: 'nodeDelay', delayMs: 1234 }]);
    }
  });
});

itWhole('covers all open Sphinx vectors', () => {
  expect([published.length, creations.length, kemChains.length]).toEqual([6, 9, 9]);
});
