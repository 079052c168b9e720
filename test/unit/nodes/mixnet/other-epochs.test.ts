/**
 * Trying forged packets with the keys of other epochs does not make them expensive: the work before
 * a packet is authenticated is limited.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { EpochPosition } from '../../../../nodes/mixnet/directory/index.ts';
import { KEY_EPOCH_COUNT } from '../../../../nodes/mixnet/geometry.ts';
import type { EpochPrivateKey } from '../../../../nodes/mixnet/mix/key-ring.ts';
import { OtherEpochKeyCheck } from '../../../../nodes/mixnet/mix/other-epochs.ts';
import type { NodePrivateKey, PacketFormat } from '../../../../nodes/sphinx/index.ts';
import { MS, SECOND } from '../../runner/fixture.ts';

const NOW: EpochPosition = { epoch: 9, elapsedNs: 0, remainingNs: SECOND };

/** Three keys; the first byte of a packet tells which of them fits, if any. */
class Lab {
  now = 0;
  exchanges = 0;
  readonly #keys: readonly EpochPrivateKey[] = Array.from(
    { length: KEY_EPOCH_COUNT },
    (_, epoch) => ({
      epoch,
      key: { publicKey: Uint8Array.of(epoch) } as NodePrivateKey,
    }),
  );
  readonly epochs = new OtherEpochKeyCheck({
    host: { now: (): number => this.now },
    clock: { now: (): EpochPosition => NOW, lengthNs: SECOND },
    keys: { untried: (): readonly EpochPrivateKey[] => this.#keys },
    format: {
      receive: ({ keys }, packet): ReturnType<PacketFormat['receive']> => {
        this.exchanges += 1;
        const [first] = keys;
        const isFit = first?.key.publicKey[0] === packet[0];
        if (isFit) first?.enterTag(new Uint8Array(32));
        return { drop: isFit ? 'replay' : 'mac-mismatch' };
      },
    },
  });
}

const OF_LAST_KEY = Uint8Array.of(KEY_EPOCH_COUNT - 1);
const FORGED = Uint8Array.of(0xff);

describe('packets under keys of other epochs', () => {
  it('finds the one that fits, whichever it is', () => {
    const lab = new Lab();
    const known = [0, 1, 2, 3].map((first) => lab.epochs.knows(Uint8Array.of(first)));
    expect(known).toEqual([true, true, true, false]);
    expect(lab.exchanges).toBe(1 + 2 + 3 + 3);
  });

  it('tries ten a second and ten at once of 5,000 forged ones, under three keys each', () => {
    const lab = new Lab();
    for (let sent = 0; sent < 5_000; sent++) {
      lab.now = sent * (SECOND / 5_000);
      expect(lab.epochs.knows(FORGED)).toBe(false);
    }
    expect(lab.exchanges).toBeGreaterThanOrEqual(19 * KEY_EPOCH_COUNT);
    expect(lab.exchanges).toBeLessThanOrEqual(20 * KEY_EPOCH_COUNT);
    expect(lab.epochs.knows(OF_LAST_KEY)).toBe(false);
    lab.now += 100 * MS;
    expect(lab.epochs.knows(OF_LAST_KEY)).toBe(true);
  });
});
