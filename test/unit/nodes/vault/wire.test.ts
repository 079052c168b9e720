/** Messages between replicas: what is encoded is decoded, and nothing else is taken. */
import { describe, expect, it } from 'vitest';
import {
  decodeVaultMessage,
  encodeVaultMessage,
  type VaultMessage,
} from '../../../../nodes/vault/wire.ts';

const MESSAGES: readonly VaultMessage[] = [
  {
    kind: 'clock',
    clock: new Map([
      ['ada', 3],
      ['bert', 70_000],
    ]),
    nowMs: 1_700_000_000_000,
    digest: new Uint8Array(8).fill(7),
    receipts: { count: 12, hash: new Uint8Array(32).fill(9) },
    mark: 70_000_000_000,
    echo: { mark: 5, heldMs: 300 },
  },
  {
    kind: 'items',
    items: [
      { operation: Uint8Array.of(1, 2, 3), wrappedKey: new Uint8Array(48).fill(5) },
      { operation: Uint8Array.of(4), wrappedKey: null },
    ],
  },
  { kind: 'snapshot', snapshot: Uint8Array.of(8, 8) },
];

describe('messages between replicas', () => {
  it.each(MESSAGES)('$kind: comes back as it was', (message) => {
    expect(decodeVaultMessage('home', encodeVaultMessage('home', message))).toEqual(message);
  });

  it.each(MESSAGES)('$kind: is refused by another vault', (message) => {
    expect(decodeVaultMessage('work', encodeVaultMessage('home', message))).toBe('other-vault');
  });

  it.each(MESSAGES)('$kind: is malformed when cut or longer', (message) => {
    const bytes = encodeVaultMessage('home', message);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeVaultMessage('home', bytes.subarray(0, length))).toBe('malformed-message');
    }
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(decodeVaultMessage('home', longer)).toBe('malformed-message');
  });

  it('a clock names no actor twice', () => {
    const twice = encodeVaultMessage('home', {
      ...(MESSAGES[0] as Extract<VaultMessage, { kind: 'clock' }>),
      clock: new Map([
        ['aa', 1],
        ['ab', 2],
      ]),
    });
    const at = twice.findIndex((byte, index) => byte === 0x61 && twice[index + 1] === 0x62);
    twice[at + 1] = 0x61;
    expect(decodeVaultMessage('home', twice)).toBe('malformed-message');
  });
});
