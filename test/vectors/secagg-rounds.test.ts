/**
 * Whole rounds of secure aggregation: the machines, given the keys of the published rounds, send
 * every message byte for byte, and find the sum.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { SECAGG_MESSAGE_TYPES } from '../../nodes/federated/secagg/messages.ts';
import { Session } from '../unit/nodes/federated/secagg/session.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';

interface ClientVector {
  readonly cSK: string;
  readonly sSK: string;
  readonly b: string;
  readonly coefficientsS: readonly string[];
  readonly coefficientsB: readonly string[];
  readonly identitySecret?: string;
  readonly identityPublic?: string;
  readonly input: readonly number[];
  readonly advertise?: string;
  readonly rosterSent?: string;
  readonly shareKeys?: string | null;
  readonly forward?: string | null;
  readonly maskedInput?: string | null;
  readonly survivors?: string | null;
  readonly consistency?: string | null;
  readonly unmask?: string | null;
}

interface RoundVector {
  readonly name: string;
  readonly config: {
    readonly sessionRandom: string;
    readonly round: number;
    readonly clients: number;
    readonly degree: number;
    readonly threshold: number;
    readonly length: number;
    readonly modulusBits: number;
    readonly mode: number;
  };
  readonly sid: string;
  readonly clients: readonly ClientVector[];
  readonly dropBeforeShares: readonly number[];
  readonly dropBeforeInput: readonly number[];
  readonly dropBeforeUnmask: readonly number[];
  readonly sum: readonly number[];
}

/** Secrets as those of the file: SHA-256 of what they are for and their numbers. */
function secretOf(use: string, ...numbers: number[]): string {
  const words = numbers.flatMap((number) => [0, 0, 0, number]);
  const hash = createHash('sha256').update(`test/${use}`).update(Uint8Array.from(words));
  return hash.digest('hex');
}

const SESSION = '50b0d8c78250480ce3407689d4bd66a2f8be2cd0c8f07db479b36c3c25482efe';

/**
 * The masked inputs and the sum of one round, computed independently from docs/spec/secure-aggregation.md. All
 * messages of a round would be 17 kB.
 */
const FIGURES: { readonly cases: readonly RoundVector[] } = {
  cases: [
    {
      name: 'complete graph, 4 clients, 20-bit modulus, nobody lost',
      config: {
        sessionRandom: 'b70ccc6db16018d162b708c5060a3b86',
        round: 7,
        clients: 4,
        degree: 3,
        threshold: 3,
        length: 5,
        modulusBits: 20,
        mode: 0,
      },
      sid: SESSION,
      clients: [
        [[19024, 2402, 29719, 28283, 62900], 'a080526f3b5044dc7b33f30507'] as const,
        [[35150, 22007, 63035, 12842, 19844], 'e92690e100b4f5034fa445e40b'] as const,
        [[53514, 21647, 20460, 24573, 64373], 'c98a7af6b98d2dc2d1d14c180b'] as const,
        [[35351, 10227, 42501, 59160, 13661], 'c01a9a6f25079718961c26ff00'] as const,
      ].map(([input, masked], index) => ({
        cSK: secretOf('c', index),
        sSK: secretOf('s', index),
        b: secretOf('b', index),
        coefficientsS: [secretOf('coefS', index, 1), secretOf('coefS', index, 2)],
        coefficientsB: [secretOf('coefB', index, 1), secretOf('coefB', index, 2)],
        input,
        maskedInput: `83055820${SESSION}4d${masked}`,
        survivors: `84065820${SESSION}840001020380`,
      })),
      dropBeforeShares: [],
      dropBeforeInput: [],
      dropBeforeUnmask: [],
      sum: [143039, 56283, 155715, 124858, 160778],
    },
  ],
};

const NAMES = {
  ...{
    advertise: SECAGG_MESSAGE_TYPES.advertise,
    rosterSent: SECAGG_MESSAGE_TYPES.roster,
    shareKeys: SECAGG_MESSAGE_TYPES.shareKeys,
  },
  ...{
    forward: SECAGG_MESSAGE_TYPES.forward,
    maskedInput: SECAGG_MESSAGE_TYPES.maskedInput,
    survivors: SECAGG_MESSAGE_TYPES.survivors,
  },
  ...{ consistency: SECAGG_MESSAGE_TYPES.consistency, unmask: SECAGG_MESSAGE_TYPES.unmask },
};

const ALL = Object.keys(NAMES) as readonly (keyof typeof NAMES)[];

/** Compares messages of a client. @returns how many. */
function compare(
  { messages }: Session,
  client: ClientVector,
  { index, names }: { readonly index: number; readonly names: typeof ALL },
): number {
  let compared = 0;
  for (const name of names) {
    const type = NAMES[name];
    const wanted = client[name] ?? undefined;
    const found = messages.filter((passing) => passing.client === index && passing.type === type);
    // A server sends to those who have just left, too; they send nothing.
    const sent = wanted === undefined ? found.filter(({ way }) => way === 'up') : found;
    const hex = sent.map(({ bytes }) => toHex(bytes));
    expect(hex, `${name} of ${index}`).toEqual(wanted === undefined ? [] : [wanted]);
    compared += hex.length;
  }
  return compared;
}

const SETS = onProviders(realProviders, vectorSets('federated/secagg-rounds.json', FIGURES));

describe.each(SETS)('rounds of secure aggregation by $provider, $set', (set) => {
  const { crypto, file, isWhole } = set;

  it.each(file.cases)('$name', (vector) => {
    const { config, clients } = vector;
    const leaves = new Map([
      ...vector.dropBeforeShares.map((index) => [index, SECAGG_MESSAGE_TYPES.shareKeys] as const),
      ...vector.dropBeforeInput.map((index) => [index, SECAGG_MESSAGE_TYPES.maskedInput] as const),
      ...vector.dropBeforeUnmask.map((index) => [index, SECAGG_MESSAGE_TYPES.unmask] as const),
    ]);
    const publicKeyOf = (index: number): Uint8Array =>
      fromHex(clients[index]?.identityPublic ?? '');
    const session = new Session({
      config: {
        ...{ random: fromHex(config.sessionRandom), round: config.round, n: config.clients },
        ...{ k: config.degree, t: config.threshold, m: config.length, bits: config.modulusBits },
        mode: config.mode === 1 ? 'signed' : 'semi-honest',
      },
      leaves,
      inputs: clients.map(({ input }) => Uint32Array.from(input)),
      // The published rings are in the order of the indices.
      crypto,
      server: { crypto, random: { shuffle: () => undefined }, publicKeyOf },
      client: (index) => {
        const client = clients[index] as ClientVector;
        const draws = [client.cSK, client.sSK, client.b];
        draws.push(...client.coefficientsS, ...client.coefficientsB);
        return {
          crypto,
          randomBytes: () => fromHex(draws.shift() as string),
          identity: { secret: fromHex(client.identitySecret ?? ''), publicKeyOf },
        };
      },
    }).run();

    expect(session.drops).toEqual([]);
    expect([...(session.sum?.ring ?? [])]).toEqual(vector.sum);
    expect(toHex(session.server.session)).toBe(vector.sid);
    const names = isWhole ? ALL : (['maskedInput', 'survivors'] as const);
    const compared = clients.map((client, index) => compare(session, client, { index, names }));
    const count = compared.reduce((sum, each) => sum + each);
    expect(count).toBeGreaterThan((isWhole ? 5 : 1) * clients.length);
  });
});
