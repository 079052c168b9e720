/**
 * The parts of secure aggregation: field and sharing, key derivation and key streams, packing,
 * parameters of sparse graphs, quantisation, and all messages of whole rounds read and written.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { CborReader } from '../../engine/pure/cbor-reader.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { chooseMaskGraphDegree } from '../../nodes/federated/secagg/degree.ts';
import { paperClientBytes, paperTrafficExpansion } from '../../nodes/federated/secagg/expansion.ts';
import { divideElements, EXP_TABLE, multiplyElements } from '../../nodes/federated/secagg/field.ts';
import {
  applyKeyStream,
  applyKeyStreams,
  deriveKey,
  hkdfInfo,
} from '../../nodes/federated/secagg/mask.ts';
import {
  clipCoordinates,
  clipVectorNorm,
  quantise,
  ringBitsForSum,
} from '../../nodes/federated/secagg/quantise.ts';
import {
  addVectorInto,
  packRingVector,
  reduceRingElements,
  signedRingElements,
  unpackRingVector,
} from '../../nodes/federated/secagg/ring.ts';
import {
  decodeSecaggConfig,
  deriveSessionId,
  encodeSecaggConfig,
} from '../../nodes/federated/secagg/session-config.ts';
import {
  lagrangeWeightsAtZero,
  rebuildSecret,
  splitSecret,
} from '../../nodes/federated/secagg/shamir.ts';
import { decodeSecaggMessage, encodeSecaggMessage } from '../../nodes/federated/secagg/wire.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';

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
    readonly note: string;
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

/** Computed independently from docs/spec/secure-aggregation.md, like all figures here without a source. */
const SHARING: ShamirVectors = {
  logExp: { exp: { '16': '100b', '255': '8d92', '65534': '8805' } },
  mul: [
    ['1234', 'abcd', '4792'],
    ['0002', '8000', '100b'],
  ],
  inverse: [
    ['0002', '8805'],
    ['0003', 'f006'],
  ],
  cases: [
    {
      name: '3 of 5, 32 bytes',
      secret: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      threshold: 3,
      coefficients: [
        '595f91bbb51697ed19a3f802776ef27c05a00281d0f55365949ce174b4634293',
        'a573b53bd37db03f55cca9096c33bfd83227b0faeea404d667307878a1e5ce9c',
      ],
      shares: [
        { x: 1, y: 'fc2d2683626e21d544665b00175043ab2796a0682a4441a4ebb58317099b9210' },
        { x: 2, y: '0765c58403cbd93c7c746e364216258ad3cdf4ef2f79a385ade13913c3529154' },
        { x: 3, y: 'fb49e10465a0feee301b3f3d594b682ee44a46941128f4365e4da01fd6d41d5b' },
        { x: 4, y: '8208870c17e4ca106262eac062b4ba2714fca7f26dfe06e87945586753992dec' },
        { x: 5, y: '7e24a38c718fedc22e0dbbcb79e9f783237b158953af515b8ae9c16b461fa1e3' },
      ],
      lagrangeAtZero: { x: [1, 2, 3], weights: ['0001', '0001', '0001'] },
    },
  ],
};

describe.each(vectorSets('federated/shamir.json', SHARING))(
  'sharing over GF(2^16), $set',
  (set) => {
    const { logExp, mul, inverse, cases } = set.file;

    it('has the published powers, products and inverses', () => {
      for (const [power, value] of Object.entries(logExp.exp)) {
        expect(EXP_TABLE[Number(power)]).toBe(word(value));
      }
      for (const [a, b, product] of mul)
        expect(multiplyElements(word(a), word(b))).toBe(word(product));
      for (const [a, b] of inverse) expect(divideElements(1, word(a))).toBe(word(b));
    });

    it.each(cases)('splits and rebuilds: $name', (vector) => {
      const secret = fromHex(vector.secret);
      const coefficients = vector.coefficients.map(fromHex);
      const points = vector.shares.map(({ x }) => x);
      const shares = splitSecret({ secret, coefficients }, points);
      expect(shares.map(toHex)).toEqual(vector.shares.map(({ y }) => y));
      const { x, weights } = vector.lagrangeAtZero;
      expect([...lagrangeWeightsAtZero(x)]).toEqual(weights.map(word));
      const held = vector.shares.map((share) => ({ x: share.x, y: fromHex(share.y) }));
      expect(rebuildSecret(held, vector.threshold)).toEqual(secret);
      expect(rebuildSecret(held.slice(-vector.threshold), vector.threshold)).toEqual(secret);
    });
  },
);

const STREAMS: PrgVectors = {
  cases: [
    {
      key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      count: 8,
      bits: 20,
      values: [785721, 640473, 245133, 711864, 537994, 712380, 904370, 322264],
      packed: '39fd9b5d9c8dbd83cbad8a35c8ebadb2cc8dad4e',
    },
  ],
  long: {
    key: '3f3dc6cb2c0f78c41568df2b862af4159f2944446a4aca1c4a356c97888d2ac9',
    count: 100000,
    sum32: 2479020267,
    sha256OfPacked: '05a383dac57bd71bb6b6dec1f97f7314e4826e209260f7505e32d3ab25fb2e99',
    first: [1952358328, 1889338515, 3986400901],
    last: [2190542749, 2979800069, 1424582608],
  },
  kdf: [
    {
      label: 'pair',
      ikm: 'aa400d33019d54068d925fd0397f187196162eea3535054ea7061e1cb6edf368',
      salt: '4862b374704c0245a81064678113d3677fabd1cecc8e24743b3b970208a3eab2',
      info: '6f72726572792f7365636167672f312f706169720000000000000009',
      key: 'ebda5209123859d55ade7c87761dc829242921100dc996c3f7212f7030080bb1',
    },
  ],
};
const MASKS = onProviders(realProviders, vectorSets('federated/prg.json', STREAMS));

describe.each(MASKS)('masks on $provider, $set', ({ crypto, file }) => {
  const { cases, long, kdf } = file;

  it('are cut from the key stream and packed', () => {
    for (const { key, count, bits, values, packed } of cases) {
      const mask = new Uint32Array(count);
      applyKeyStream(crypto, mask, { seed: fromHex(key), sign: 1 });
      reduceRingElements(mask, bits);
      expect([...mask]).toEqual(values);
      expect(toHex(packRingVector(mask, bits))).toBe(packed);
      expect(unpackRingVector(fromHex(packed), { length: count, bits })).toEqual(mask);
    }
  });

  it('are the published ones over 100,000 elements', () => {
    const mask = new Uint32Array(long.count);
    applyKeyStream(crypto, mask, { seed: fromHex(long.key), sign: 1 });
    expect(toHex(crypto.sha256(packRingVector(mask, 32)))).toBe(long.sha256OfPacked);
    expect([...mask.slice(0, 3)]).toEqual(long.first);
    expect(mask.reduce((sum, value) => (sum + value) >>> 0, 0)).toBe(long.sum32);
    // A part of the stream is the same wherever it is cut.
    const part = new Uint32Array(long.count - 65_552);
    applyKeyStreams(crypto, part, {
      streams: [{ seed: fromHex(long.key), sign: 1 }],
      start: 65_552,
    });
    expect(part).toEqual(mask.slice(65_552));
  });

  it('have their keys bound to session, ends and use', () => {
    for (const { label, ikm, salt, info, key } of kdf) {
      const numbers = (info.slice(-16).match(/.{8}/g) ?? []).map(word);
      const found = hkdfInfo(label, ...(label === 'self' ? numbers.slice(1) : numbers));
      expect(toHex(found)).toBe(info);
      const session = fromHex(salt);
      expect(toHex(deriveKey({ crypto, session }, fromHex(ikm), found))).toBe(key);
      const whole = { key: fromHex(ikm), salt: session, info: found, length: 32 };
      expect(toHex(crypto.hkdfSha256(whole))).toBe(key);
    }
  });
});

/**
 * The formula of Bonawitz et al. (CCS 2017) section 7.1, and two rows of
 * `fcp/secagg/server/graph_parameter_finder_test.cc` of google-parfait/federated-compute.
 */
const PARAMETERS: ParameterVectors = {
  bonawitzExpansion: [
    {
      clients: 1024,
      length: 1048576,
      inputBits: 16,
      bytesPerUser: 3637120,
      expansion: 1.73431396484375,
    },
  ],
  graphParameters: {
    rows: [
      {
        clients: 100,
        adversarial: 0.45,
        dropout: 0.45,
        class: 'semiHonest',
        degree: 92,
        threshold: 46,
      },
      {
        clients: 100,
        adversarial: 0.3,
        dropout: 0.3,
        class: 'semiMalicious',
        degree: 92,
        threshold: 62,
      },
    ],
  },
};
const GRAPHS = vectorSets('federated/secagg-parameters.json', PARAMETERS);

describe.each(GRAPHS)('parameters of sparse graphs, $set', ({ file }) => {
  const { rows } = file.graphParameters;

  it.each(rows)('$clients clients, $adversarial collude, $dropout leave, $class', (row) => {
    const { clients, adversarial, dropout } = row;
    const server = row.class === 'semiHonest' ? 'semi-honest' : 'semi-malicious';
    const choice = chooseMaskGraphDegree({ clients, adversarial, dropout, server });
    expect(choice?.degree).toBe(row.degree);
    expect(choice?.threshold).toBeLessThanOrEqual(row.threshold);
    // The published threshold is an upper limit, and not a loose one.
    expect(choice?.threshold).toBeGreaterThanOrEqual(row.threshold - 1);
  });
});

describe.each(GRAPHS)('bytes of a round, $set', ({ file }) => {
  it.each(file.bonawitzExpansion)(
    'expand $clients inputs of $length elements by $expansion',
    (row) => {
      expect(paperClientBytes(row)).toBe(row.bytesPerUser);
      expect(paperTrafficExpansion(row)).toBeCloseTo(row.expansion, 10);
    },
  );
});

const NUMBERS: QuantisationVectors = {
  cases: [
    {
      name: 'fractions up and down',
      x: [0.1, 0.1, -0.1, -0.1, 0.30001],
      clip: 1.0,
      scale: 10.5,
      uniforms: [0.04, 0.06, 0.94, 0.96, 0.5],
      bits: 16,
      signed: [2, 1, -1, -2, 3],
      ring: [2, 1, 65535, 65534, 3],
    },
  ],
  bitsNeeded: [{ clients: 1000, clip: 8.0, scale: 262144, maxWeight: 1, bitsNeeded: 32 }],
  l2clip: { x: [0.3, -0.4, 1.2], clip: 0.65, norm: 1.3, clipped: [0.15, -0.2, 0.6] },
  sums: [
    {
      bits: 16,
      ring: [
        [1, 65535, 32767],
        [2, 65534, 1],
      ],
      sum: [3, 65533, 32768],
      signed: [3, -3, -32768],
      note: 'third element wrapped: the bound was broken',
    },
  ],
};
const QUANTISED = vectorSets('federated/quantisation.json', NUMBERS);

describe.each(QUANTISED)('numbers in the ring, $set', ({ file }) => {
  const { cases, bitsNeeded: capacities, l2clip, sums } = file;

  it.each(cases)('are clipped and rounded at random: $name', (vector) => {
    const values = Float64Array.from(vector.x);
    const outside = vector.x.filter((value) => Math.abs(value) > vector.clip).length;
    expect(clipCoordinates(values, vector.clip)).toBe(outside);
    const draws = [...vector.uniforms];
    const ring = quantise(values, vector, () => draws.shift() as number);
    expect(draws).toHaveLength(0);
    expect([...ring]).toEqual(vector.ring);
    expect([...signedRingElements(ring, vector.bits)]).toEqual(vector.signed);
  });

  it('need the published number of bits', () => {
    for (const capacity of capacities) expect(ringBitsForSum(capacity)).toBe(capacity.bitsNeeded);
  });

  it('are clipped to a norm', () => {
    const values = Float64Array.from(l2clip.x);
    expect(clipVectorNorm(values, l2clip.clip)).toBeCloseTo(l2clip.norm, 12);
    for (const [index, value] of l2clip.clipped.entries()) {
      expect(values[index]).toBeCloseTo(value, 12);
    }
  });

  it.each(sums)('wrap when the bound is broken: $note', ({ bits, ring, sum, signed }) => {
    const found = Uint32Array.from(ring[0] ?? []);
    addVectorInto(found, Uint32Array.from(ring[1] ?? []));
    reduceRingElements(found, bits);
    expect([...found]).toEqual(sum);
    expect([...signedRingElements(found, bits)]).toEqual(signed);
  });
});

const ROUNDS: RoundVectors = {
  cases: [
    {
      name: 'complete graph, 4 clients, 20-bit modulus, nobody lost',
      configCbor: 'a901010250b70ccc6db16018d162b708c5060a3b860307040405030603070508140900',
      sid: '50b0d8c78250480ce3407689d4bd66a2f8be2cd0c8f07db479b36c3c25482efe',
      clients: [
        {
          advertise:
            '8501582050b0d8c78250480ce3407689d4bd66a2f8be2cd0c8f07db479b36c3c25482efe00582097fd935c11' +
            '1bc7a72b444ea924d0d7d980ee97f8946144c34555c4d263a2067958207290b7d8b95dfaca3bad9054f184a7' +
            'f97e5c4e2e3368ffa966b102527de44b03',
          maskedInput:
            '8305582050b0d8c78250480ce3407689d4bd66a2f8be2cd0c8f07db479b36c3c25482efe4da080526f3b5044' +
            'dc7b33f30507',
          survivors:
            '8406582050b0d8c78250480ce3407689d4bd66a2f8be2cd0c8f07db479b36c3c25482efe840001020380',
        },
      ],
    },
  ],
};
const SESSIONS = vectorSets('federated/secagg-rounds.json', ROUNDS);

describe.each(SESSIONS)('messages of whole rounds, $set', ({ file, isWhole }) => {
  const { cases } = file;
  const [, crypto] = realProviders[0] as (typeof realProviders)[number];

  it.each(cases)('name the session: $name', ({ configCbor, sid }) => {
    const reader = new CborReader();
    const bytes = fromHex(configCbor);
    reader.open(bytes, 0, bytes.length);
    const config = decodeSecaggConfig(reader);
    if (config === undefined) throw new Error('no config');
    expect(toHex(encodeSecaggConfig(config))).toBe(configCbor);
    expect(toHex(deriveSessionId(config, crypto))).toBe(sid);
  });

  const types = [
    ...['advertise', 'rosterSent', 'shareKeys', 'forward', 'survivors', 'maskedInput', 'unmask'],
    'consistency',
  ];
  it.each(cases)('are read and written again: $name', ({ sid, clients }) => {
    const messages = clients.flatMap((client) =>
      types.map((name) => [name, client[name]] as const),
    );
    const texts = messages.filter(([, hex]) => typeof hex === 'string');
    for (const [name, hex] of texts) {
      const decoded = decodeSecaggMessage(fromHex(hex as string));
      if (typeof decoded === 'string') throw new Error(`${name}: ${decoded}`);
      expect(toHex(decoded.session ?? new Uint8Array(0))).toBe(sid);
      expect(toHex(encodeSecaggMessage(fromHex(sid), decoded.body))).toBe(hex);
    }
    expect(texts.length).toBeGreaterThan(isWhole ? 5 * clients.length : 2);
  });
});
