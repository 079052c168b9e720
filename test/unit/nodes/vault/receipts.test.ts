/**
 * Chains of receipts: what a verifier with the public key finds.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../../../engine/core/stream.ts';
import { CoseSigner } from '../../../../nodes/vault/cose-sign1.ts';
import {
  decodeReceipt,
  encodeReceipt,
  NO_RECEIPT_HASH,
  RECEIPT_AAD,
  RECEIPT_OPERATIONS,
  type Receipt,
  type ReceiptCheck,
  type ReceiptVerdict,
  verifyReceipts,
} from '../../../../nodes/vault/receipt.ts';
import { ReceiptLog } from '../../../../nodes/vault/receipt-log.ts';
import { decodeReceiptPlace, encodeReceiptPlace } from '../../../../nodes/vault/sync/records.ts';
import { bytesOf, CRYPTO, MODELLED, NOW_MS, secretOf, VAULT } from './replicas.ts';

const TAMPERINGS = 10_000;

function logOf(count: number, { crypto = MODELLED, receiptsMax = 10_000 } = {}): ReceiptLog {
  const log = new ReceiptLog({ vaultId: VAULT, secretKey: secretOf('a'), crypto, receiptsMax });
  for (let index = 0; index < count; index += 1) log.add(fieldsOf(index));
  return log;
}

function fieldsOf(index: number): Omit<Receipt, 'vaultId' | 'sequence' | 'previousHash'> {
  return {
    operation: RECEIPT_OPERATIONS[index % RECEIPT_OPERATIONS.length] ?? 'read',
    key: `key-${index % 3}`,
    valueHash: index % 2 === 0 ? CRYPTO.sha256(Uint8Array.of(index)) : null,
    isSuccess: index % 4 !== 0,
    timeMs: NOW_MS + index,
    requester: 'agent-7',
  };
}

function checkOf(log: ReceiptLog, crypto = MODELLED): ReceiptCheck {
  const publicKey = crypto.ed25519PublicKey(secretOf('a'));
  return { publicKey, vaultId: VAULT, witnessHead: log.head, start: log.start, crypto };
}

function faultOf(verdict: ReceiptVerdict): string {
  return verdict.kind === 'broken' ? `${verdict.fault} at ${verdict.at}` : verdict.kind;
}

describe('a chain of receipts', () => {
  const log = logOf(6, { crypto: CRYPTO });
  const check = checkOf(log, CRYPTO);
  const chain = log.receipts();
  const at = (index: number): Uint8Array => chain[index] ?? new Uint8Array();
  const verdictOf = (receipts: readonly Uint8Array[], part: Partial<ReceiptCheck> = {}): string =>
    faultOf(verifyReceipts(receipts, { ...check, ...part }));
  const signed = (receipt: Partial<Receipt>, aad: Uint8Array = RECEIPT_AAD): Uint8Array => {
    const last = decodeReceipt(at(5));
    if (last === undefined) throw new Error('malformed');
    return new CoseSigner(secretOf('a'), aad, CRYPTO).sign(encodeReceipt({ ...last, ...receipt }));
  };

  it('is intact as it was written', () => {
    expect(verifyReceipts(chain, check)).toEqual({ kind: 'intact', head: log.head });
    expect(verdictOf([], { witnessHead: NO_RECEIPT_HASH })).toBe('intact');
    expect(decodeReceipt(at(3))).toEqual({
      ...fieldsOf(3),
      ...{ vaultId: VAULT, sequence: 3, previousHash: CRYPTO.sha256(at(2)) },
    });
  });

  it('shows what was changed, removed, exchanged or inserted', () => {
    const changed = at(2).map((byte, index) => (index === 60 ? byte ^ 1 : byte));
    expect(verdictOf([at(0), at(1), changed, ...chain.slice(3)])).toBe('bad-signature at 2');
    expect(verdictOf([at(0), ...chain.slice(2)])).toBe('wrong-sequence at 1');
    expect(verdictOf(chain.slice(1))).toBe('wrong-sequence at 0');
    expect(verdictOf([at(0), at(2), at(1), ...chain.slice(3)])).toBe('wrong-sequence at 1');
    expect(verdictOf([at(0), at(0), ...chain.slice(1)])).toBe('wrong-sequence at 1');
    expect(verdictOf([at(0).subarray(1), ...chain.slice(1)])).toBe('malformed at 0');
  });

  it('shows what was signed by another key, for another vault or another purpose, or again', () => {
    const publicKey = CRYPTO.ed25519PublicKey(secretOf('b'));
    expect(verdictOf(chain, { publicKey })).toBe('bad-signature at 0');
    expect(verdictOf(chain, { vaultId: 'twin:bob' })).toBe('wrong-vault at 0');
    const before = chain.slice(0, 5);
    expect(verdictOf([...before, signed({}, bytesOf('orrery/vault/1/operation'))])).toBe(
      'bad-signature at 5',
    );
    expect(verdictOf([...before, signed({ previousHash: CRYPTO.sha256(at(3)) })])).toBe(
      'broken-chain at 5',
    );
  });

  it('shows only against a witness that its end is gone (R-152)', () => {
    const short = chain.slice(0, 4);
    expect(verdictOf(short)).toBe('truncated at 4');
    const { witnessHead, ...unwitnessed } = check;
    expect(witnessHead).toBe(log.head);
    expect(verifyReceipts(short, unwitnessed).kind).toBe('intact');
    // A witness that has seen an older head is content with a chain that has grown since.
    expect(verdictOf(chain, { witnessHead: CRYPTO.sha256(at(2)) })).toBe('intact');
    expect(verdictOf([], { witnessHead: CRYPTO.sha256(at(2)) })).toBe('truncated at 0');
  });

  it('goes without the hash of a value that is none, and bears texts of any length', () => {
    expect(decodeReceipt(at(1))?.valueHash).toBeNull();
    const long = signed({ key: 'k'.repeat(1_024), requester: 'r'.repeat(255) });
    expect(decodeReceipt(long)?.key).toHaveLength(1_024);
    expect(decodeReceipt(signed({ key: 'k'.repeat(1_025) }))).toBeUndefined();
    expect(decodeReceipt(signed({ requester: '' }))).toBeUndefined();
  });
});

describe(`${TAMPERINGS} random tamperings`, () => {
  it('are all found (R-152)', () => {
    const log = logOf(12);
    const check = checkOf(log);
    const genuine = log.receipts();
    const same = (left: readonly Uint8Array[]): boolean =>
      left.length === genuine.length && left.every((one, index) => one === genuine[index]);
    const faults = new Set<string>();
    for (let seed = 0; seed < TAMPERINGS; seed += 1) {
      const chain = tampered(genuine, openRandomStream(seed, 'vault', 'receipts'));
      if (same(chain)) continue;
      const verdict = verifyReceipts(chain, check);
      if (verdict.kind === 'intact') expect.fail(`seed ${seed} was not found`);
      faults.add(verdict.fault);
    }
    expect([...faults].sort()).toEqual([
      'bad-signature',
      'malformed',
      'truncated',
      'wrong-sequence',
    ]);
  });
});

function tampered(chain: readonly Uint8Array[], random: RandomStream): readonly Uint8Array[] {
  const copy = [...chain];
  const at = random.below(copy.length);
  const other = random.below(copy.length);
  switch (random.below(6)) {
    case 0:
      copy[at] = flipped(copy[at] as Uint8Array, random);
      break;
    case 1:
      copy.splice(at, 1 + random.below(3));
      break;
    case 2:
      [copy[at], copy[other]] = [copy[other] as Uint8Array, copy[at] as Uint8Array];
      break;
    case 3:
      copy.splice(at, 0, copy[other] as Uint8Array);
      break;
    case 4:
      copy.length = at;
      break;
    default:
      // The signature of one receipt on the payload of another one.
      copy[at] = spliced(copy[at] as Uint8Array, copy[other] as Uint8Array);
      if (at === other) copy.reverse();
  }
  return copy;
}

function flipped(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const copy = bytes.slice();
  const at = random.below(copy.length);
  copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
}

function spliced(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Uint8Array.from([...left.subarray(0, -64), ...right.subarray(-64)]);
}

describe('a log of receipts', () => {
  it('keeps the newest, and says where their chain begins', () => {
    const log = logOf(25, { receiptsMax: 10 });
    expect(log.receipts()).toHaveLength(10);
    expect(log.start.sequence).toBe(15);
    expect(log.sequence).toBe(25);
    expect(verifyReceipts(log.receipts(), checkOf(log)).kind).toBe('intact');
    const { start, ...fromZero } = checkOf(log);
    expect(start?.sequence).toBe(15);
    expect(faultOf(verifyReceipts(log.receipts(), fromZero))).toBe('wrong-sequence at 0');
  });

  it('has a bound of 10,000', () => {
    const log = new ReceiptLog({ vaultId: VAULT, secretKey: secretOf('a'), crypto: MODELLED });
    for (let index = 0; index < 10_001; index += 1) log.add(fieldsOf(index));
    expect([log.receipts().length, log.start.sequence]).toEqual([10_000, 1]);
  });

  it('lets the disk have twice as many at the most, from which it goes on after a restart', () => {
    let log = logOf(0, { receiptsMax: 10 });
    let disk: readonly Uint8Array[] = [];
    for (let index = 0; index < 100; index += 1) {
      const signed = log.add(fieldsOf(index));
      disk = log.replacement() ?? [...disk, signed];
      expect(disk.length).toBeLessThanOrEqual(20);
      if (index % 17 !== 16) continue;
      const again = logOf(0, { receiptsMax: 10 });
      for (const receipt of disk) expect(again.restore(receipt)).toBe(true);
      expect([again.head, again.receipts()]).toEqual([log.head, log.receipts()]);
      log = again;
    }
    expect(disk.length).toBeGreaterThanOrEqual(10);
  });

  it('began anew after a crash that kept only that the disk was emptied', () => {
    const log = logOf(21, { receiptsMax: 10 });
    expect(log.replacement()).toHaveLength(10);
    const place = { sequence: log.sequence, previousHash: log.head };
    const again = logOf(0, { receiptsMax: 10 });
    again.resume(decodeReceiptPlace(encodeReceiptPlace(place)) ?? place);
    expect([again.sequence, again.head, again.start]).toEqual([21, log.head, place]);
    expect(again.add(fieldsOf(21))).toEqual(log.add(fieldsOf(21)));
    // Nor does an old place take back what the disk has.
    log.resume(place);
    expect(log.sequence).toBe(22);
    expect(decodeReceiptPlace(new Uint8Array(5))).toBeUndefined();
  });

  it('goes on after a restart where it stopped', () => {
    const log = logOf(12, { receiptsMax: 10 });
    const again = logOf(0);
    for (const receipt of log.receipts()) expect(again.restore(receipt)).toBe(true);
    expect([again.sequence, again.head, again.start]).toEqual([12, log.head, log.start]);
    expect(again.restore(log.receipts()[0] ?? new Uint8Array())).toBe(false);
    expect(again.restore(new Uint8Array(5))).toBe(false);
    expect(again.add(fieldsOf(12))).toEqual(log.add(fieldsOf(12)));
    const stranger = new ReceiptLog({ vaultId: 'x', secretKey: secretOf('a'), crypto: MODELLED });
    expect(stranger.restore(log.receipts()[0] ?? new Uint8Array())).toBe(false);
    log.wipe();
    expect(() => log.add(fieldsOf(13))).toThrow(RangeError);
  });
});
