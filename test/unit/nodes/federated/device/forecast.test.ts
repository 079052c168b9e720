/** What a round moves at most: never less than what it does move, and hardly more. */
import { expect, it } from 'vitest';
import {
  plainRoundBytesMax,
  secureRoundBytesMax,
} from '../../../../../nodes/federated/device/forecast.ts';
import { encodeFederatedMessage } from '../../../../../nodes/federated/wire.ts';
import { configOf, Session } from '../secagg/session.ts';

it.each([
  ['a complete graph', { n: 5, k: 4, t: 3, m: 100 }],
  ['a complete graph of more than 23', { n: 30, k: 29, t: 21, m: 10 }],
  ['a ring', { n: 30, k: 8, t: 5, m: 610 }],
  ['few bits', { n: 5, k: 4, t: 3, m: 999, bits: 13 }],
  ['signatures', { n: 8, k: 7, t: 6, m: 50, mode: 'signed' }],
] as const)('R-162: %s: all messages of each client, and at most a fifth more', (_, changes) => {
  const config = configOf(changes);
  const session = new Session({ config }).run();
  expect(session.sum?.survivors).toHaveLength(config.n);
  const most = secureRoundBytesMax(config);
  for (let client = 0; client < config.n; client += 1) {
    const moved = session.messages
      .filter((message) => message.client === client)
      .reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(most).toBeGreaterThanOrEqual(moved);
    expect(most).toBeLessThan(1.2 * moved);
  }
});

it('R-162: an update that nobody hides, and at most 200 bytes more', () => {
  const vector = new Uint32Array(610);
  const { length } = encodeFederatedMessage({
    kind: 'update',
    session: new Uint8Array(32),
    vector,
  });
  expect(plainRoundBytesMax(610)).toBeGreaterThanOrEqual(length);
  expect(plainRoundBytesMax(610)).toBeLessThan(length + 200);
});
