/**
 * Attacks on secure aggregation, with the defence and without it.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import type { ClientMachineParts } from '../../../../../nodes/federated/secagg/client-parts.ts';
import { UsedKeyLedger } from '../../../../../nodes/federated/secagg/key-ledger.ts';
import { applyKeyStream } from '../../../../../nodes/federated/secagg/mask.ts';
import { SECAGG_MESSAGE_TYPES } from '../../../../../nodes/federated/secagg/messages.ts';
import { addVectorInto, subtractVectorInto } from '../../../../../nodes/federated/secagg/ring.ts';
import { ownMaskSeed } from '../../../../../nodes/federated/secagg/seeds.ts';
import { deriveSessionId } from '../../../../../nodes/federated/secagg/session-config.ts';
import {
  decodeSecaggMessage,
  encodeSecaggMessage,
} from '../../../../../nodes/federated/secagg/wire.ts';
import { Observer } from './observer.ts';
import {
  bytesOf,
  CRYPTO,
  configOf,
  identityOf,
  publicKeyOf,
  type SentMessage,
  Session,
} from './session.ts';

const VICTIM = 2;

describe('a masked input that comes late', () => {
  /** The victim's input arrives when the server has asked for the shares of its masking secret. */
  function late(): Session {
    let held: SentMessage | undefined;
    const session = new Session({
      isTold: false,
      pass: (passing) => {
        if (passing.client !== VICTIM || passing.type !== SECAGG_MESSAGE_TYPES.maskedInput)
          return passing.bytes;
        held = passing;
        return undefined;
      },
    });
    session.run();
    const { bytes } = held as SentMessage;
    session.toServer({ kind: 'message', from: VICTIM, bytes });
    session.messages.push(held as SentMessage);
    return session;
  }

  it('is dropped, and the sum is that of the others', () => {
    const session = late();
    expect(session.reasons('server')).toEqual(['late-input']);
    expect(session.sum?.ring).toEqual(session.sumOf([0, 1, 3, 4]));
    expect(session.sum?.lost).toEqual([VICTIM]);
  });

  it('cannot be opened by a server that keeps it: the own mask stays', () => {
    const session = late();
    const observer = new Observer(session);
    // The server has the pair masks, which is all that there was before double masking.
    expect(observer.secret('pair', VICTIM)).toBeDefined();
    expect(observer.secret('own', VICTIM)).toBeUndefined();
    expect(observer.open(VICTIM)).toBeUndefined();
    const remains = observer.sumOf([VICTIM]);
    expect(remains).not.toEqual(session.inputs[VICTIM]);
    // With the own mask removed too, it is open: nothing else protects it.
    const random = bytesOf(openRandomStream(1, `client-${VICTIM}`, 'keys'));
    const [, , secret] = [random(32), random(32), random(32)];
    const context = { crypto: CRYPTO, session: session.server.session };
    const seed = ownMaskSeed(context, secret as Uint8Array, VICTIM);
    applyKeyStream(CRYPTO, remains, { seed, sign: -1 });
    expect(remains).toEqual(session.inputs[VICTIM]);
  });
});

describe('two lists of survivors', () => {
  const attack = { kind: 'two-survivor-lists', victim: VICTIM } as const;

  it.each([
    { n: 5, t: 2, opens: true },
    { n: 5, t: 3, opens: false },
    { n: 6, t: 3, opens: true },
    { n: 6, t: 4, opens: false },
    { n: 9, t: 4, opens: true },
    { n: 9, t: 5, opens: false },
  ])('open an input if and only if 2t <= n: $t of $n', ({ n, t, opens }) => {
    const config = configOf({ n, k: n - 1, t });
    const session = new Session({ config, server: { attack } }).run();
    if (opens) {
      expect(session.opened?.index).toBe(VICTIM);
      expect(session.opened?.ring).toEqual(session.inputs[VICTIM]);
    } else {
      expect(session.opened).toBeUndefined();
      expect(session.aborted?.outcome).toBe('too-few');
    }
    expect(session.reasons('clients')).toEqual([]);
  });

  it.each([
    { t: 3, opens: true },
    { t: 4, opens: false },
  ])('open an input if 2t <= n + colluders: $t of 5, one colludes', ({ t, opens }) => {
    const session = new Session({
      config: configOf({ t }),
      server: { attack: { ...attack, colluders: [0] } },
      client: (index) => (index === 0 ? { checkLists: () => undefined } : {}),
    }).run();
    expect(session.opened?.ring).toEqual(opens ? session.inputs[VICTIM] : undefined);
  });

  it('are refused in signed mode: too few signed the same list', () => {
    const config = configOf({ mode: 'signed' });
    const session = new Session({ config, server: { attack } }).run();
    expect(session.opened).toBeUndefined();
    expect(new Set(session.reasons('clients'))).toEqual(new Set(['bad-signature']));
    expect(session.aborted?.outcome).toBe('too-few');
    expect(new Observer(session).open(VICTIM)).toBeUndefined();
  });

  it('open nothing in signed mode either if each client sees the signatures of its list only', () => {
    const half = [3, 4];
    const session = new Session({
      config: configOf({ mode: 'signed' }),
      server: { attack },
      pass: ({ bytes, type, client }) => {
        const decoded = decodeSecaggMessage(bytes);
        if (type !== SECAGG_MESSAGE_TYPES.signatures || typeof decoded === 'string') return bytes;
        const { session: name = bytes, body } = decoded;
        if (body.type !== SECAGG_MESSAGE_TYPES.signatures) return bytes;
        const isTold = (index: number): boolean => [1, ...half].includes(index);
        const signatures = body.signatures.filter(({ index }) => isTold(index) === isTold(client));
        return encodeSecaggMessage(name, { type, signatures });
      },
    }).run();
    // Three signed that the victim is lost, and give shares; two remain, who are too few.
    const senders = session.messages.filter(({ type }) => type === SECAGG_MESSAGE_TYPES.unmask);
    expect(senders.map(({ client }) => client)).toEqual([1, 3, 4]);
    expect(session.reasons('clients')).toEqual(['bad-signature', 'bad-signature']);
    expect(session.opened).toBeUndefined();
    expect(session.aborted?.outcome).toBe('too-few');
  });
});

describe('lists that overlap', () => {
  const server = { attack: { kind: 'overlapping-lists', victim: VICTIM } } as const;

  it('are refused, and nothing is opened', () => {
    const session = new Session({ server }).run();
    expect(session.reasons('clients')).toEqual(Array(4).fill('list-overlap'));
    expect(session.opened).toBeUndefined();
    expect(session.aborted?.reason).toBe('too-few');
  });

  it('open the victim if clients do not check them', () => {
    const client = (): Partial<ClientMachineParts> => ({ checkLists: () => undefined });
    const session = new Session({ server, client }).run();
    expect(session.opened?.ring).toEqual(session.inputs[VICTIM]);
  });
});

describe('keys of an earlier session', () => {
  it('would give away the difference of two inputs', () => {
    const inputs = Array.from({ length: 5 }, (_, client) => new Uint32Array(4).fill(10 * client));
    const others = inputs.map((input) => input.map((value) => value + 3));
    const first = new Session({ inputs }).run();
    const second = new Session({ inputs: others }).run();
    const difference = (new Observer(second).inputs.get(VICTIM) as Uint32Array).slice();
    subtractVectorInto(difference, new Observer(first).inputs.get(VICTIM) as Uint32Array);
    expect([...difference]).toEqual([3, 3, 3, 3]);
  });

  it('are noticed before a message is sent', () => {
    const ledger = new UsedKeyLedger();
    const client = (index: number): { ledger?: UsedKeyLedger } =>
      index === VICTIM ? { ledger } : {};
    new Session({ client }).run();
    expect(() => new Session({ client }).run()).toThrow('a masking key of an earlier session');
    expect(() => new Session({ client, seed: 2 }).run()).not.toThrow();
  });

  it('cannot serve one machine twice', () => {
    const session = new Session().run();
    expect(() => session.toClient(0, { kind: 'begin' })).toThrow('a session begins once');
  });
});

describe('a small sum', () => {
  it.each([
    { minSum: 4, reason: undefined },
    { minSum: 5, reason: 'small-sum' },
  ])('of four is refused below $minSum', ({ minSum, reason }) => {
    const leaves = new Map([[0, SECAGG_MESSAGE_TYPES.maskedInput]]);
    const session = new Session({ minSum, leaves }).run();
    expect(session.aborted?.reason).toBe(reason);
    expect(session.sum === undefined).toBe(reason !== undefined);
    // Nobody was asked for shares.
    const asked = session.messages.filter(({ type }) => type === SECAGG_MESSAGE_TYPES.survivors);
    expect(asked).toHaveLength(reason === undefined ? 4 : 0);
  });
});

describe('a server that opens fewer inputs than was promised', () => {
  it.each([
    { least: 4, isOpened: true },
    { least: 5, isOpened: false },
  ])('gets no shares for four of them from clients that want $least', ({ least, isOpened }) => {
    const leaves = new Map([[0, SECAGG_MESSAGE_TYPES.maskedInput]]);
    const session = new Session({ leaves, client: () => ({ least }) }).run();
    expect(session.sum !== undefined).toBe(isOpened);
    const shares = session.messages.filter(({ type }) => type === SECAGG_MESSAGE_TYPES.unmask);
    expect(shares).toHaveLength(isOpened ? 4 : 0);
    const refused = session.drops.filter(({ reason }) => reason === 'too-few');
    expect(refused).toHaveLength(isOpened ? 0 : 4);
  });
});

describe('a ring that loses two blocks of k/2', () => {
  const config = configOf({ n: 12, k: 4, t: 3 });
  // In the order of the indices, 4 5 6 7 lie between 2 3 and 8 9.
  const piece = [4, 5, 6, 7];
  const server = { random: { shuffle: (): void => undefined } };
  const without = (lost: readonly number[]): Session =>
    new Session({
      ...{
        config,
        server,
        leaves: new Map(lost.map((index) => [index, SECAGG_MESSAGE_TYPES.maskedInput])),
      },
    }).run();

  it('gives the sum of the piece between them to the server', () => {
    const session = without([2, 3, 8, 9]);
    expect(session.sum?.ring).toEqual(session.sumOf([0, 1, 4, 5, 6, 7, 10, 11]));
    expect(new Observer(session).sumOf(piece)).toEqual(session.sumOf(piece));
  });

  it('gives nothing of the kind while one block stands', () => {
    const session = without([2, 3]);
    expect(new Observer(session).sumOf(piece)).not.toEqual(session.sumOf(piece));
    const all = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11];
    expect(new Observer(session).sumOf(all)).toEqual(session.sumOf(all));
  });
});

describe('a model that only the victim gets', () => {
  const honest = configOf({ modelHash: new Uint8Array(32).fill(1) });
  const crafted = configOf({ modelHash: new Uint8Array(32).fill(2) });
  const theirs = deriveSessionId(crafted, CRYPTO);

  /** The server translates the name of the session for the victim. */
  function translated(passing: SentMessage, own: Uint8Array): Uint8Array {
    if (passing.client !== VICTIM) return passing.bytes;
    const decoded = decodeSecaggMessage(passing.bytes);
    if (typeof decoded === 'string') throw new Error(decoded);
    return encodeSecaggMessage(passing.way === 'up' ? own : theirs, decoded.body);
  }

  /** Masked inputs without own masks: the sum, if pair masks cancel. */
  function sumWithoutOwnMasks(session: Session): Uint32Array {
    const sum = new Uint32Array(session.config.m);
    for (const [index, vector] of new Observer(session).inputs) {
      const random = bytesOf(openRandomStream(1, `client-${index}`, 'keys'));
      const [, , secret] = [random(32), random(32), random(32)];
      const own = session.clients[index]?.session as Uint8Array;
      const context = { crypto: CRYPTO, session: own };
      const seed = ownMaskSeed(context, secret as Uint8Array, index);
      addVectorInto(sum, vector);
      applyKeyStream(CRYPTO, sum, { seed, sign: -1 });
    }
    return sum;
  }

  it('leaves noise, because masks are bound to the model', () => {
    const own = deriveSessionId(honest, CRYPTO);
    const session = new Session({
      config: honest,
      client: (index) => (index === VICTIM ? { config: crafted } : {}),
      pass: (passing) => translated(passing, own),
    }).run();
    expect(sumWithoutOwnMasks(session)).not.toEqual(session.sumOf([0, 1, 2, 3, 4]));
    // Nor do its boxes open, so that no server can go on.
    expect(session.reasons('clients')).toContain('box-failed');
    expect(session.sum).toBeUndefined();
    expect(session.aborted?.outcome).toBe('too-few');
  });

  it('would not be noticed without the model in the session', () => {
    const session = new Session({ config: honest }).run();
    expect(sumWithoutOwnMasks(session)).toEqual(session.sumOf([0, 1, 2, 3, 4]));
    expect(session.sum?.ring).toEqual(session.sumOf([0, 1, 2, 3, 4]));
  });

  it('is a message of another session if the server does not translate', () => {
    const session = new Session({
      config: honest,
      client: (index) => (index === VICTIM ? { config: crafted } : {}),
    }).run();
    expect(session.reasons('server')).toEqual(['wrong-session']);
    expect(session.sum?.ring).toEqual(session.sumOf([0, 1, 3, 4]));
  });
});

describe('identities', () => {
  it('keep a server from putting its own keys into the roster of signed mode', () => {
    const key = CRYPTO.x25519PublicKey(identityOf(50));
    const session = new Session({
      config: configOf({ mode: 'signed' }),
      pass: ({ bytes, type, client }) => {
        if (type !== SECAGG_MESSAGE_TYPES.roster || client !== 0) return bytes;
        const decoded = decodeSecaggMessage(bytes);
        if (typeof decoded === 'string' || decoded.body.type !== SECAGG_MESSAGE_TYPES.roster)
          return bytes;
        const entries = decoded.body.entries.map((entry) =>
          entry.index === 1 ? { ...entry, maskKey: key } : entry,
        );
        return encodeSecaggMessage(decoded.session as Uint8Array, {
          type: SECAGG_MESSAGE_TYPES.roster,
          entries,
        });
      },
    }).run();
    expect(session.reasons('clients')).toEqual(['bad-signature']);
    expect(session.sum?.ring).toEqual(session.sumOf([1, 2, 3, 4]));
    expect(toHex(publicKeyOf(0))).not.toBe(toHex(publicKeyOf(1)));
  });
});
