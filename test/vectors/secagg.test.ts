/**
 * The parts of secure aggregation: field and sharing, key derivation and key streams, packing,
 * parameters of sparse graphs, quantisation, and all messages of whole rounds read and written.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { CborReader } from '../../engine/pure/cbor-reader.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { chooseDegree } from '../../nodes/federated/secagg/degree.ts';
import { paperBytes, paperExpansion } from '../../nodes/federated/secagg/expansion.ts';
import { divide, EXP, multiply } from '../../nodes/federated/secagg/field.ts';
import {
  applyStream,
  applyStreams,
  deriveKey,
  keyInfo,
} from '../../nodes/federated/secagg/mask.ts';
import {
  bitsNeeded,
  clipCoordinates,
  clipNorm,
  quantise,
} from '../../nodes/federated/secagg/quantise.ts';
import {
  addInto,
  pack,
  reduce,
  signedElements,
  unpack,
} from '../../nodes/federated/secagg/ring.ts';
import {
  decodeConfig,
  encodeConfig,
  sessionOf,
} from '../../nodes/federated/secagg/session-config.ts';
import { rebuildFrom, splitSecret, weightsAtZero } from '../../nodes/federated/secagg/shamir.ts';
import { decodeMessage, encodeMessage } from '../../nodes/federated/secagg/wire.ts';
import { hasVectors, vectors } from '../vectors-root.ts';
import { realProviders } from './providers.ts';

interface ShamirVectors {
  readonly logExp: { readonly exp: Readonly<Record<string, string>> };
  readonly mul: readonly (readonly [string, string, string])[];
  readonly inverse: readonly (readonly [string, string])[];
  readonly cases: readonly {
    readonly name: string;
    readonly secret: string;
    readonly threshold: number;
    readonly coefficients: readonly string[];
    readonly shares: readonly { readonly x: number; readonly y: string }[];
    readonly lagrangeAtZero: { readonly x: readonly number[]; readonly weights: readonly string[] };
  }[];
}

interface PrgVectors {
  readonly cases: readonly {
    readonly key: string;
    readonly count: number;
    readonly bits: number;
    readonly values: readonly number[];
    readonly packed: string;
  }[];
  readonly long: {
    readonly key: string;
    readonly count: number;
    readonly sum32: number;
    readonly sha256OfPacked: string;
    readonly first: readonly number[];
    readonly last: readonly number[];
  };
  readonly kdf: readonly {
    readonly label: 'share' | 'pair' | 'self';
    readonly ikm: string;
    readonly salt: string;
    readonly info: string;
    readonly key: string;
  }[];
}

interface QuantisationVectors {
  readonly cases: readonly {
    readonly name: string;
    readonly x: readonly number[];
    readonly clip: number;
    readonly scale: number;
    readonly uniforms: readonly number[];
    readonly bits: number;
    readonly signed: readonly number[];
    readonly ring: readonly number[];
  }[];
  readonly bitsNeeded: readonly {
    readonly clients: number;
    readonly clip: number;
    readonly scale: number;
    readonly maxWeight: number;
    readonly bitsNeeded: number;
  }[];
  readonly l2clip: {
    readonly x: readonly number[];
    readonly clip: number;
    readonly norm: number;
    readonly clipped: readonly number[];
  };
  readonly sums: readonly {
    readonly bits: number;
    readonly ring: readonly (readonly number[])[];
    readonly sum: readonly number[];
    readonly signed: readonly number[];
  }[];
}

interface ParameterVectors {
  readonly bonawitzExpansion: readonly {
    readonly clients: number;
    readonly length: number;
    readonly inputBits: number;
    readonly bytesPerUser: number;
    readonly expansion: number;
  }[];
  readonly graphParameters: {
    readonly rows: readonly {
      readonly clients: number;
      readonly adversarial: number;
      readonly dropout: number;
      readonly class: 'semiHonest' | 'semiMalicious';
      readonly degree: number;
      readonly threshold: number;
    }[];
  };
}

interface RoundVectors {
  readonly cases: readonly {
    readonly name: string;
    readonly configCbor: string;
    readonly sid: string;
    readonly clients: readonly Readonly<Record<string, unknown>>[];
  }[];
}

const word = (text: string): number => Number.parseInt(text, 16);

describe.skipIf(!hasVectors)('sharing over GF(2^16)', () => {
  const { logExp, mul, inverse, cases } = hasVectors
    ? vectors<ShamirVectors>('federated/shamir.json')
    : ({ logExp: { exp: {} }, mul: [], inverse: [], cases: [] } satisfies ShamirVectors);

  it('has the published powers, products and inverses', () => {
    for (const [power, value] of Object.entries(logExp.exp)) {
      expect(EXP[Number(power)]).toBe(word(value));
    }
    for (const [a, b, product] of mul) expect(multiply(word(a), word(b))).toBe(word(product));
    for (const [a, b] of inverse) expect(divide(1, word(a))).toBe(word(b));
  });

  it.each(cases)('splits and rebuilds: $name', (vector) => {
    const secret = fromHex(vector.secret);
    const coefficients = vector.coefficients.map(fromHex);
    const points = vector.shares.map(({ x }) => x);
    const shares = splitSecret({ secret, coefficients }, points);
    expect(shares.map(toHex)).toEqual(vector.shares.map(({ y }) => y));
    const { x, weights } = vector.lagrangeAtZero;
    expect([...weightsAtZero(x)]).toEqual(weights.map(word));
    const held = vector.shares.map((share) => ({ x: share.x, y: fromHex(share.y) }));
    expect(rebuildFrom(held, vector.threshold)).toEqual(secret);
    expect(rebuildFrom(held.slice(-vector.threshold), vector.threshold)).toEqual(secret);
  });
});

describe.skipIf(!hasVectors)('masks', () => {
  const { cases, long, kdf } = hasVectors
    ? vectors<PrgVectors>('federated/prg.json')
    : ({ cases: [], kdf: [], long: undefined } as unknown as PrgVectors);

  it.each(realProviders)('are cut from the key stream and packed, by %s', (_, crypto) => {
    for (const { key, count, bits, values, packed } of cases) {
      const mask = new Uint32Array(count);
      applyStream(crypto, mask, { seed: fromHex(key), sign: 1 });
      reduce(mask, bits);
      expect([...mask]).toEqual(values);
      expect(toHex(pack(mask, bits))).toBe(packed);
      expect(unpack(fromHex(packed), { length: count, bits })).toEqual(mask);
    }
  });

  it.each(realProviders)('are the published ones over 100,000 elements, by %s', (_, crypto) => {
    const mask = new Uint32Array(long.count);
    applyStream(crypto, mask, { seed: fromHex(long.key), sign: 1 });
    expect(toHex(crypto.sha256(pack(mask, 32)))).toBe(long.sha256OfPacked);
    expect([...mask.slice(0, 3)]).toEqual(long.first);
    expect(mask.reduce((sum, value) => (sum + value) >>> 0, 0)).toBe(long.sum32);
    // A part of the stream is the same wherever it is cut.
    const part = new Uint32Array(long.count - 65_552);
    applyStreams(crypto, part, { streams: [{ seed: fromHex(long.key), sign: 1 }], start: 65_552 });
    expect(part).toEqual(mask.slice(65_552));
  });

  it.each(realProviders)('have their keys bound to session, ends and use, by %s', (_, crypto) => {
    for (const { label, ikm, salt, info, key } of kdf) {
      const numbers = (info.slice(-16).match(/.{8}/g) ?? []).map(word);
      const found = keyInfo(label, ...(label === 'self' ? numbers.slice(1) : numbers));
      expect(toHex(found)).toBe(info);
      const session = fromHex(salt);
      expect(toHex(deriveKey({ crypto, session }, fromHex(ikm), found))).toBe(key);
      const whole = { key: fromHex(ikm), salt: session, info: found, length: 32 };
      expect(toHex(crypto.hkdfSha256(whole))).toBe(key);
    }
  });
});

describe.skipIf(!hasVectors)('parameters of sparse graphs', () => {
  const { rows } = hasVectors
    ? vectors<ParameterVectors>('federated/secagg-parameters.json').graphParameters
    : { rows: [] };

  it.each(rows)('$clients clients, $adversarial collude, $dropout leave, $class', (row) => {
    const { clients, adversarial, dropout } = row;
    const server = row.class === 'semiHonest' ? 'semi-honest' : 'semi-malicious';
    const choice = chooseDegree({ clients, adversarial, dropout, server });
    expect(choice?.degree).toBe(row.degree);
    expect(choice?.threshold).toBeLessThanOrEqual(row.threshold);
    // The published threshold is an upper limit, and not a loose one.
    expect(choice?.threshold).toBeGreaterThanOrEqual(row.threshold - 1);
  });
});

describe.skipIf(!hasVectors)('bytes of a round', () => {
  const { bonawitzExpansion: rows } = hasVectors
    ? vectors<ParameterVectors>('federated/secagg-parameters.json')
    : { bonawitzExpansion: [] };

  it.each(rows)('expand $clients inputs of $length elements by $expansion', (row) => {
    expect(paperBytes(row)).toBe(row.bytesPerUser);
    expect(paperExpansion(row)).toBeCloseTo(row.expansion, 10);
  });
});

describe.skipIf(!hasVectors)('numbers in the ring', () => {
  const {
    cases,
    bitsNeeded: capacities,
    l2clip,
    sums,
  } = hasVectors
    ? vectors<QuantisationVectors>('federated/quantisation.json')
    : ({
        cases: [],
        bitsNeeded: [],
        l2clip: undefined,
        sums: [],
      } as unknown as QuantisationVectors);

  it.each(cases)('are clipped and rounded at random: $name', (vector) => {
    const values = Float64Array.from(vector.x);
    const outside = vector.x.filter((value) => Math.abs(value) > vector.clip).length;
    expect(clipCoordinates(values, vector.clip)).toBe(outside);
    const draws = [...vector.uniforms];
    const ring = quantise(values, vector, () => draws.shift() as number);
    expect(draws).toHaveLength(0);
    expect([...ring]).toEqual(vector.ring);
    expect([...signedElements(ring, vector.bits)]).toEqual(vector.signed);
  });

  it('need the published number of bits', () => {
    for (const capacity of capacities) expect(bitsNeeded(capacity)).toBe(capacity.bitsNeeded);
  });

  it('are clipped to a norm', () => {
    const values = Float64Array.from(l2clip.x);
    expect(clipNorm(values, l2clip.clip)).toBeCloseTo(l2clip.norm, 12);
    for (const [index, value] of l2clip.clipped.entries()) {
      expect(values[index]).toBeCloseTo(value, 12);
    }
  });

  it.each(sums)('wrap when the bound is broken: $note', ({ bits, ring, sum, signed }) => {
    const found = Uint32Array.from(ring[0] ?? []);
    addInto(found, Uint32Array.from(ring[1] ?? []));
    reduce(found, bits);
    expect([...found]).toEqual(sum);
    expect([...signedElements(found, bits)]).toEqual(signed);
  });
});

describe.skipIf(!hasVectors)('messages of whole rounds', () => {
  const { cases } = hasVectors
    ? vectors<RoundVectors>('federated/secagg-rounds.json')
    : ({ cases: [] } satisfies RoundVectors);
  const [, crypto] = realProviders[0] as (typeof realProviders)[number];

  it.each(cases)('name the session: $name', ({ configCbor, sid }) => {
    const reader = new CborReader();
    const bytes = fromHex(configCbor);
    reader.open(bytes, 0, bytes.length);
    const config = decodeConfig(reader);
    if (config === undefined) throw new Error('no config');
    expect(toHex(encodeConfig(config))).toBe(configCbor);
    expect(toHex(sessionOf(config, crypto))).toBe(sid);
  });

  const types = [
    ...['advertise', 'rosterSent', 'shareKeys', 'forward', 'survivors', 'maskedInput', 'unmask'],
    'consistency',
  ];
  it.each(cases)('are read and written again: $name', ({ sid, clients }) => {
    let messages = 0;
    for (const client of clients) {
      for (const name of types) {
        const hex = client[name];
        if (typeof hex !== 'string') continue;
        const decoded = decodeMessage(fromHex(hex));
        if (typeof decoded === 'string') throw new Error(`${name}: ${decoded}`);
        expect(toHex(decoded.session ?? new Uint8Array(0))).toBe(sid);
        expect(toHex(encodeMessage(fromHex(sid), decoded.body))).toBe(hex);
        messages += 1;
      }
    }
    expect(messages).toBeGreaterThan(5 * clients.length);
  });
});
