/**
 * Damaged operations, receipts and snapshots: named drops, and never an exception.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { VAULT_DROP_REASONS } from '../../nodes/vault/drop-reasons.ts';
import { decodeReceipt, verifyReceipts } from '../../nodes/vault/receipt.ts';
import { ReceiptLog } from '../../nodes/vault/receipt-log.ts';
import { decodeSnapshot, encodeSnapshot } from '../../nodes/vault/snapshot.ts';
import {
  bytesOf,
  MODELLED,
  NOW_MS,
  replicaOf,
  secretOf,
  VAULT,
} from '../unit/nodes/vault/replicas.ts';
import { mutate } from './mutate.ts';

const INPUTS = 100_000;
const HEADER = 100;
const OUTCOMES: readonly string[] = [...Object.keys(VAULT_DROP_REASONS), 'gap', 'known', 'applied'];

function busy(): ReturnType<typeof replicaOf> {
  const a = replicaOf('a', { crypto: MODELLED });
  a.put('k', bytesOf('v'), NOW_MS);
  a.increment('n', 1, NOW_MS);
  a.add('s', 'x', NOW_MS);
  a.putField('m', { field: 'f', value: bytesOf('v') }, NOW_MS);
  a.remove('s', 'x', NOW_MS);
  a.removeField('m', 'f', NOW_MS);
  a.erase('k', NOW_MS);
  a.put('k', bytesOf('w'), NOW_MS);
  return a;
}

describe(`${INPUTS} damaged inputs`, () => {
  it('of operations end in named outcomes, and change nothing unless they are genuine', () => {
    const a = busy();
    const b = replicaOf('b', { crypto: MODELLED });
    const items = [...a.items()];
    const random = openRandomStream(1, 'vault', 'fuzz');
    const seen = new Set<string>();
    for (let input = 0; input < INPUTS; input += 1) {
      const item = items[random.below(items.length)] ?? {
        operation: bytesOf(''),
        wrappedKey: null,
      };
      const operation = random.chance(0.9)
        ? mutate(item.operation, random, { header: HEADER })
        : item.operation;
      const wrappedKey = random.chance(0.5)
        ? mutate(bytesOf('k'.repeat(48)), random, { header: 48 })
        : null;
      seen.add(b.receive({ operation, wrappedKey }, NOW_MS).outcome);
    }
    for (const outcome of seen) expect(OUTCOMES).toContain(outcome);
    for (const item of items) b.receive(item, NOW_MS);
    expect(b.digest()).toEqual(a.digest());
    expect(b.get('k')).toEqual(bytesOf('w'));
  });

  it('of receipts are malformed or not genuine', () => {
    const log = new ReceiptLog({ vaultId: VAULT, secretKey: secretOf('a'), crypto: MODELLED });
    const fields = { operation: 'read', key: 'k', valueHash: null, isSuccess: true } as const;
    for (let count = 0; count < 3; count += 1) {
      log.add({ ...fields, timeMs: NOW_MS, requester: 'r' });
    }
    const [first = bytesOf('')] = log.receipts();
    const publicKey = MODELLED.ed25519PublicKey(secretOf('a'));
    const random = openRandomStream(2, 'vault', 'fuzz');
    let genuine = 0;
    for (let input = 0; input < INPUTS; input += 1) {
      const receipt = mutate(first, random, { header: HEADER });
      decodeReceipt(receipt);
      const check = { publicKey, vaultId: VAULT, crypto: MODELLED };
      if (verifyReceipts([receipt], check).kind === 'broken') continue;
      expect(receipt).toEqual(first);
      genuine += 1;
    }
    expect(genuine).toBeLessThan(INPUTS / 10);
  });

  it('of snapshots are refused as a whole, or joined', () => {
    const a = busy();
    const bytes = encodeSnapshot(a.snapshot());
    const b = replicaOf('b', { crypto: MODELLED });
    const random = openRandomStream(3, 'vault', 'fuzz');
    for (let input = 0; input < INPUTS / 10; input += 1) {
      const snapshot = decodeSnapshot(mutate(bytes, random, { header: bytes.length }));
      if (snapshot === undefined) continue;
      expect(OUTCOMES).toContain(b.join(snapshot, NOW_MS).outcome);
    }
    b.stateBytes();
    encodeSnapshot(b.snapshot());
  });
});
