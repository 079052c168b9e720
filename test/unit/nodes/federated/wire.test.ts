/** Messages of federated learning: what is written is read, and nothing else is. */
import { describe, expect, it } from 'vitest';
import {
  decodeFederatedMessage,
  encodeFederatedMessage,
  type FederatedMessage,
} from '../../../../nodes/federated/wire.ts';
import { draws } from '../../../fixtures/draws.ts';

const MESSAGES: readonly FederatedMessage[] = [
  { kind: 'ready' },
  {
    kind: 'task',
    config: Uint8Array.of(1, 2, 3),
    index: 300,
    members: ['client-1', 'zürich'],
    model: Float32Array.of(0.5, -1, 3e38),
  },
  { kind: 'task', config: new Uint8Array(0), index: 0, members: [], model: new Float32Array(0) },
  {
    kind: 'update',
    session: new Uint8Array(32).fill(7),
    vector: Uint32Array.of(0, 1, 0xffff_ffff),
  },
  { kind: 'declined', session: new Uint8Array(32).fill(9), reason: 'battery' },
  { kind: 'declined', session: new Uint8Array(0), reason: 'away' },
  { kind: 'offer', exchange: 2, model: Float32Array.of(0.5) },
  { kind: 'answer', exchange: 300, model: new Float32Array(0) },
  { kind: 'refused', exchange: 1 },
  { kind: 'packed', session: new Uint8Array(32).fill(5), elements: Uint8Array.of(1, 2, 3) },
  { kind: 'levels', session: new Uint8Array(32).fill(5), keys: new Uint8Array(64).fill(9) },
  {
    kind: 'sparse',
    session: new Uint8Array(32).fill(6),
    places: Uint8Array.of(9),
    values: Uint8Array.of(1, 0, 0, 0),
  },
];

describe('messages', () => {
  it.each(MESSAGES.map((message) => [message.kind, message] as const))(
    '%s: comes back',
    (_, one) => {
      expect(decodeFederatedMessage(encodeFederatedMessage(one))).toEqual(one);
    },
  );

  it('has these bytes', () => {
    const hex = MESSAGES.map((one) => Buffer.from(encodeFederatedMessage(one)).toString('hex'));
    expect(hex).toEqual([
      '8110',
      '85114301020319012c8268636c69656e742d31677ac3bc726963684c0000003f000080bfe6b1617f',
      '851140008040',
      `83125820${'07'.repeat(32)}4c0000000001000000ffffffff`,
      `83135820${'09'.repeat(32)}03`,
      '83134005',
      '83160244 0000003f'.replace(' ', ''),
      '831719012c40',
      '821801'.replace('1801', '181801'),
      `83145820${'05'.repeat(32)}43010203`,
      `8318195820${'05'.repeat(32)}5840${'09'.repeat(64)}`,
      `84155820${'06'.repeat(32)}41094401000000`,
    ]);
  });

  it('leaves messages of the sum to their machine, whole', () => {
    const bytes = Uint8Array.of(0x82, 0x0f, 0x40, 1);
    expect(decodeFederatedMessage(bytes)).toEqual({ kind: 'sum', bytes });
  });

  it('reads no message that is cut, or has a byte more', () => {
    for (const one of MESSAGES) {
      const bytes = encodeFederatedMessage(one);
      for (let end = 0; end < bytes.length; end += 1) {
        expect(decodeFederatedMessage(bytes.subarray(0, end))).toBeUndefined();
      }
      expect(decodeFederatedMessage(Uint8Array.of(...bytes, 0))).toBeUndefined();
    }
  });

  it.each([
    ['an unknown type', '8113'],
    ['a longer head than needed', '811810'],
    ['a type that is no number', '8140'],
    ['no array', '10'],
    ['a model of 3 bytes', '8511400080 43000000'],
    ['a name of bytes', '8511400081 4161 40'],
    ['more names than a session has', '851140009a0001000040'],
    ['a refusal without a reason that is known', '83134018ff'],
    ['a refusal of half a session', `8313 50${'00'.repeat(16)} 00`],
    ['elements of half a session', `8314 50${'00'.repeat(16)} 40`],
    ['places of half a session', `8415 50${'00'.repeat(16)} 40 40`],
    ['a session of 31 bytes', `8312581f${'00'.repeat(31)}40`],
  ])('does not read %s', (_, hex) => {
    expect(
      decodeFederatedMessage(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))),
    ).toBe(undefined);
  });

  it('never throws on 20,000 mutated messages', () => {
    const draw = draws(20_261_123);
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = encodeFederatedMessage(MESSAGES[draw(MESSAGES.length)] as FederatedMessage);
      for (let change = draw(4); change >= 0; change -= 1) bytes[draw(bytes.length)] = draw(256);
      const read = decodeFederatedMessage(bytes.subarray(0, bytes.length - draw(3)));
      if (read?.kind === 'update') expect(read.session).toHaveLength(32);
    }
  });
});
