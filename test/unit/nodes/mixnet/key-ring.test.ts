/** Keys by epoch: what remains of a key after the end of its epoch. */
import { describe, expect, it } from 'vitest';
import type { Host } from '../../../../engine/host/host.ts';
import { KeyRing } from '../../../../nodes/mixnet/mix/key-ring.ts';
import type { ReplayGuardsByEpoch } from '../../../../nodes/mixnet/mix/replay-guards-by-epoch.ts';
import type { NodePrivateKey, PacketFormat } from '../../../../nodes/sphinx/index.ts';

const EPOCH_NS = 1_000_000_000;

/** The disk of a node, which survives its processes. */
class Disk {
  readonly table = new Map<string, Uint8Array>();
  readonly wiped: number[] = [];
  readonly retired: number[] = [];
  #made = 0;

  /** Starts a new process of the node. */
  start(): KeyRing {
    const store = {
      put: (name: string, value: Uint8Array): void => void this.table.set(name, value.slice()),
      get: (name: string): Uint8Array | undefined => this.table.get(name)?.slice(),
      delete: (name: string): void => void this.table.delete(name),
      sync: (done: (error?: string) => void): void => done(),
    };
    const host = {
      store: (): object => store,
      randomBytes: (length: number): Uint8Array => new Uint8Array(length).fill(++this.#made),
    } as unknown as Host;
    const format = {
      privateKeyLength: 32,
      openKey: ([first = 0]: Uint8Array): NodePrivateKey => ({
        publicKey: Uint8Array.of(first),
        secretOf: (): undefined => undefined,
        wipe: (): void => void this.wiped.push(first),
      }),
    } as unknown as PacketFormat;
    const tags = {
      retire: (epoch: number): void => void this.retired.push(epoch),
    } as ReplayGuardsByEpoch;
    return new KeyRing({ host, format, tags, epochNs: EPOCH_NS });
  }

  get keys(): string[] {
    return [...this.table.keys()].filter((name) => name.startsWith('epoch-')).sort();
  }
}

describe('keys of an epoch', () => {
  it('R-186, R-188: are erased from memory and disk, with their tags, when it is over', () => {
    const disk = new Disk();
    const ring = disk.start();
    ring.prepare(100, () => undefined);
    expect(disk.keys).toEqual(['epoch-100', 'epoch-101', 'epoch-102']);
    ring.forgetBefore(100);
    expect(disk.wiped).toEqual([]);
    ring.forgetBefore(102);
    expect(disk.wiped).toEqual([1, 2]);
    expect(disk.keys).toEqual(['epoch-102']);
    expect(disk.retired).toEqual([100, 101]);
    const late = { epoch: 101, elapsedNs: 0, remainingNs: EPOCH_NS };
    expect(ring.trial(late)).toEqual([]);
  });

  it('R-188: are erased by a process that begins epochs later and never loaded them', () => {
    const disk = new Disk();
    disk.start().prepare(100, () => undefined);
    const later = disk.start();
    later.prepare(150, () => undefined);
    later.forgetBefore(149);
    expect(disk.keys).toEqual(['epoch-150', 'epoch-151', 'epoch-152']);
    expect(disk.retired).toEqual([100, 101, 102]);
  });

  it('are the same after a restart within the epoch, and tried within the slack', () => {
    const disk = new Disk();
    const publicKeys: Uint8Array[][] = [];
    for (let process = 0; process < 2; process += 1) {
      const ring = disk.start();
      ring.prepare(7, (keys) => publicKeys.push([...keys.values()]));
      const tried = (elapsedNs: number): number[] =>
        ring
          .trial({ epoch: 8, elapsedNs, remainingNs: EPOCH_NS - elapsedNs })
          .map(({ epoch }) => epoch);
      expect(tried(0)).toEqual([8, 7]);
      expect(tried(EPOCH_NS / 2)).toEqual([8]);
      expect(tried(EPOCH_NS - 1)).toEqual([8, 9]);
    }
    expect(publicKeys[1]).toEqual(publicKeys[0]);
  });
});
