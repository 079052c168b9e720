/**
 * Mutated directory documents, and the assignment of mixes to layers in random networks: drops with
 * reasons, no exception, stability, balance, and independence from the order of the list.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, concatBytes, toHex } from '../../nodes/_kit/bytes.ts';
import {
  assignLayers,
  type Descriptor,
  DIRECTORY_DROP_REASONS,
  type LayerAssignment,
  type MixTopology,
  openDescriptor,
  openDocument,
  signDescriptor,
  signDocument,
} from '../../nodes/mixnet/directory/index.ts';
import {
  decodeDescriptor,
  decodeDocument,
  encodeDescriptor,
  encodeDocument,
} from '../../nodes/mixnet/directory/text-form.ts';
import {
  bytesOf,
  crypto,
  descriptor,
  identitySecret,
  mixes,
  randomFrom,
  sampleDocument,
} from '../unit/nodes/mixnet/directory/network.ts';

const secret = bytesOf('authority', 0);
const trust = { keys: [crypto.ed25519PublicKey(secret)], threshold: 1 };
const signed = signDocument(crypto, secret, sampleDocument('stratified', 3));
const uploaded = signDescriptor(crypto, identitySecret('mix', 1), descriptor('mix', 1));

const NOISE = bytesOf('noise', 0);

/**
 * One to four edits: flips a bit, changes a byte, cuts or repeats a part, or inserts random bytes.
 */
function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const random = randomFrom(seed);
  let result: Uint8Array = bytes.slice();
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const at = random.below(result.length + 1);
    const kind = random.below(5);
    if (kind === 0 && at < result.length) result[at]! ^= 1 << random.below(8);
    if (kind === 1 && at < result.length) result[at] = 0x20 + random.below(96);
    if (kind === 2) result = result.slice(0, at);
    if (kind === 3) result = concatBytes(result.subarray(0, at), result.subarray(at >> 1));
    if (kind === 4) result = concatBytes(result.subarray(0, at), NOISE.subarray(seed % 32));
  }
  return result;
}

describe('mutated directory texts', () => {
  it('are dropped under a name, never open, never throw: 4,000 documents', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 4_000; seed++) {
      const raw = mutated(signed, seed);
      const result = openDocument(crypto, trust, raw, 7);
      if (!('drop' in result)) {
        expect(compareBytes(raw, signed), `seed ${seed}`).toBe(0);
        continue;
      }
      expect(DIRECTORY_DROP_REASONS[result.drop]).toBeDefined();
      seen.add(result.drop);
    }
    expect([...seen].sort()).toEqual(['document-malformed', 'document-signature']);
  });

  it('are dropped under a name, never open, never throw: 4,000 descriptors', () => {
    for (let seed = 0; seed < 4_000; seed++) {
      const raw = mutated(uploaded, seed);
      const result = openDescriptor(crypto, raw);
      if ('drop' in result) expect(DIRECTORY_DROP_REASONS[result.drop]).toBeDefined();
      else expect(compareBytes(raw, uploaded), `seed ${seed}`).toBe(0);
    }
  });

  it('are read in one way or not at all when a signer made them: 2,000 bodies of each kind', () => {
    const body = encodeDocument(sampleDocument('stratified', 3));
    const other = encodeDescriptor(descriptor('mix', 1));
    for (let seed = 0; seed < 2_000; seed++) {
      const raw = mutated(body, seed);
      const value = decodeDocument(raw);
      if (value !== undefined) expect(signDocument(crypto, secret, value)).toEqual(resigned(raw));
      decodeDescriptor(mutated(other, seed));
    }
  });

  it('do not exhaust the stack when nested 100,000 deep', () => {
    for (const open of ['[', '{"a":']) {
      expect(decodeDocument(new TextEncoder().encode(open.repeat(100_000)))).toBeUndefined();
      const closed = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      expect(decodeDocument(new TextEncoder().encode(closed))).toBeUndefined();
    }
  });
});

/** Signs a body in the frame of a document. */
function resigned(body: Uint8Array): Uint8Array {
  const magic = new TextEncoder().encode('orrery-directory-v1\n');
  const signature = crypto.ed25519Sign(secret, concatBytes(magic, body));
  const line = `${toHex(trust.keys[0]!)} ${toHex(signature)}\n`;
  return concatBytes(magic, new TextEncoder().encode(line), body);
}

interface Network {
  readonly topology: MixTopology;
  readonly hops: number;
  readonly nodes: readonly Descriptor[];
  readonly value: Uint8Array;
}

const network = fc.record({
  topology: fc.constantFrom<MixTopology>('stratified', 'cascade', 'free-route'),
  hops: fc.integer({ min: 1, max: 5 }),
  count: fc.integer({ min: 6, max: 40 }),
  seed: fc.nat(),
});

/** Made inside the property, so that a failure prints four numbers instead of all descriptors. */
function networkOf(drawn: {
  readonly topology: MixTopology;
  readonly hops: number;
  readonly count: number;
  readonly seed: number;
}): Network {
  const { topology, hops, count, seed } = drawn;
  return { topology, hops, nodes: mixes(count, seed % 1_000), value: bytesOf('random', seed) };
}

function assign(
  { topology, hops, nodes, value }: Network,
  before: LayerAssignment['layers'] = [],
): LayerAssignment {
  return assignLayers(crypto, { topology, hops, mixes: nodes, sharedRandomValue: value, before });
}

/** The layer of every mix by name; -1 for spares. */
function places({ layers, spares }: LayerAssignment): ReadonlyMap<string, number> {
  const entries = layers.flatMap((layer, at) => layer.map(({ name }) => [name, at] as const));
  return new Map([...entries, ...spares.map(({ name }) => [name, -1] as const)]);
}

describe('layers', () => {
  it('place every mix once, as evenly as can be, whatever the order of the list', () => {
    fc.assert(
      fc.property(network, (drawn) => {
        const one = networkOf(drawn);
        const answer = assign(one);
        expect(places(answer).size).toBe(one.nodes.length);
        const widths = answer.layers.map((layer) => layer.length);
        expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(1);
        if (one.topology === 'cascade') expect(answer.spares.length).toBeLessThan(one.hops);
        else expect(answer.spares).toEqual([]);
        expect(assign({ ...one, nodes: [...one.nodes].reverse() })).toEqual(answer);
      }),
      { numRuns: 150 },
    );
  });

  it('keep everybody in place when nothing but the random value changes', () => {
    fc.assert(
      fc.property(network, (drawn) => {
        const one = networkOf(drawn);
        const answer = assign(one);
        const next = assign({ ...one, value: bytesOf('next', 1) }, answer.layers);
        expect(next).toEqual(answer);
      }),
      { numRuns: 100 },
    );
  });

  it('move one other mix at most when one leaves, beside the chain that it breaks up', () => {
    fc.assert(
      fc.property(network, fc.nat(), (drawn, draw) => {
        const one = networkOf(drawn);
        const answer = assign(one);
        const leaver = one.nodes[draw % one.nodes.length]!;
        const nodes = one.nodes.filter((mix) => mix !== leaver);
        const next = assign({ ...one, nodes, value: bytesOf('next', draw) }, answer.layers);
        const now = places(next);
        const old = places(answer);
        const moved = nodes.filter(({ name }) => old.get(name) !== now.get(name));
        const arrived = moved.filter(({ name }) => now.get(name) !== -1);
        expect(arrived.length).toBeLessThanOrEqual(1);
        const broken = one.topology === 'cascade' ? one.hops : 1;
        expect(moved.length).toBeLessThanOrEqual(broken);
      }),
      { numRuns: 200 },
    );
  });

  it('are as even as can be after any number has left and joined, and move no more than that takes', () => {
    fc.assert(
      fc.property(network, fc.nat(), (drawn, draw) => {
        const one = networkOf(drawn);
        const before = assign({ ...one, topology: 'stratified' });
        // One layer loses all its mixes, the others lose some, and a few new mixes appear.
        const random = randomFrom(draw);
        const stay = before.layers.flatMap((layer, at) =>
          layer.filter(() => at !== draw % one.hops && random.chance(0.8)),
        );
        const nodes = [...stay, ...mixes(1 + random.below(4), 5_000)];
        const after = assign({ ...one, topology: 'stratified', nodes }, before.layers);
        const widths = after.layers.map((layer) => layer.length);
        expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(1);
        expect(places(after).size).toBe(nodes.length);
        const old = places(before);
        const moved = [...places(after)].filter(
          ([name, layer]) => old.has(name) && old.get(name) !== layer,
        );
        // A mix moves only into a layer that would otherwise have less than its even share.
        const even = Math.ceil(nodes.length / one.hops);
        const gaps = before.layers.map((layer) => {
          return Math.max(0, even - layer.filter((mix) => stay.includes(mix)).length);
        });
        expect(moved.length).toBeLessThanOrEqual(gaps.reduce((sum, gap) => sum + gap, 0));
      }),
      { numRuns: 150 },
    );
  });

  it('put newcomers where only the random value decides', () => {
    const base = { topology: 'stratified', hops: 3, nodes: mixes(9) } as const;
    const answers = Array.from({ length: 300 }, (_, at) =>
      places(assign({ ...base, value: bytesOf('random', at) })).get('mix-4'),
    );
    for (const layer of [0, 1, 2]) {
      // Binomial(300, 1/3): mean 100, standard deviation 8.2.
      const count = answers.filter((one) => one === layer).length;
      expect(Math.abs(count - 100)).toBeLessThan(41);
    }
  });
});
