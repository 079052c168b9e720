/**
 * Whole rounds of secure aggregation: the machines, given the keys of the published rounds, send
 * every message byte for byte, and find the sum.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { MESSAGE } from '../../nodes/federated/secagg/messages.ts';
import { Session } from '../unit/nodes/federated/secagg/session.ts';
import { hasVectors, vectors } from '../vectors-root.ts';
import { realProviders } from './providers.ts';

interface ClientVector {
  readonly neighbours: readonly number[];
  readonly cSK: string;
  readonly sSK: string;
  readonly b: string;
  readonly coefficientsS: readonly string[];
  readonly coefficientsB: readonly string[];
  readonly identitySecret?: string;
  readonly identityPublic?: string;
  readonly input: readonly number[];
  readonly advertise: string;
  readonly rosterSent: string;
  readonly shareKeys: string | null;
  readonly forward: string | null;
  readonly maskedInput: string | null;
  readonly survivors: string | null;
  readonly consistency?: string | null;
  readonly unmask: string | null;
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

const NAMES = {
  ...{ advertise: MESSAGE.advertise, rosterSent: MESSAGE.roster, shareKeys: MESSAGE.shareKeys },
  ...{ forward: MESSAGE.forward, maskedInput: MESSAGE.maskedInput, survivors: MESSAGE.survivors },
  ...{ consistency: MESSAGE.consistency, unmask: MESSAGE.unmask },
};

/** Compares all messages of a client. @returns how many. */
function compare({ messages }: Session, client: ClientVector, index: number): number {
  let compared = 0;
  for (const [name, type] of Object.entries(NAMES)) {
    const wanted = client[name as keyof typeof NAMES] ?? undefined;
    const found = messages.filter((passing) => passing.client === index && passing.type === type);
    // A server sends to those who have just left, too; they send nothing.
    const sent = wanted === undefined ? found.filter(({ way }) => way === 'up') : found;
    const hex = sent.map(({ bytes }) => toHex(bytes));
    expect(hex, `${name} of ${index}`).toEqual(wanted === undefined ? [] : [wanted]);
    compared += hex.length;
  }
  return compared;
}

describe.skipIf(!hasVectors)('rounds of secure aggregation', () => {
  const { cases } = hasVectors
    ? vectors<{ readonly cases: readonly RoundVector[] }>('federated/secagg-rounds.json')
    : { cases: [] };

  describe.each(realProviders)('by %s', (_provider, crypto) => {
    it.each(cases)('$name', (vector) => {
      const { config, clients } = vector;
      const leaves = new Map([
        ...vector.dropBeforeShares.map((index) => [index, MESSAGE.shareKeys] as const),
        ...vector.dropBeforeInput.map((index) => [index, MESSAGE.maskedInput] as const),
        ...vector.dropBeforeUnmask.map((index) => [index, MESSAGE.unmask] as const),
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
      const compared = clients.map((client, index) => compare(session, client, index));
      expect(compared.reduce((sum, count) => sum + count)).toBeGreaterThan(5 * clients.length);
    });
  });
});
