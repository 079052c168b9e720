import { describe, expect, it } from 'vitest';
import type { Datagram } from '../../../../engine/net/packet-table.ts';
import { copyPacket, type Tap } from '../../../../engine/net/tap.ts';
import { collect, FAST, makePair, sender } from './world-fixture.ts';

const MS = 1_000_000;

describe('a tap on a link direction', () => {
  it('sees every packet behind the transmitter, before the impairments', () => {
    const { world, a, b } = makePair({ ...FAST, loss: { kind: 'bernoulli', probability: 1 } });
    const seen: Datagram[] = [];
    const tap: Tap = {
      onPacket: (table, packet) => {
        seen.push(copyPacket(table, packet));
        return 'pass';
      },
    };
    world.link('ab').forward.setTaps([tap]);
    sender(a, { host: b, port: 7 })(Uint8Array.of(1, 2));
    world.runUntil(10 * MS);
    expect(seen.map(({ buffer, length }) => [[...buffer], length])).toEqual([[[1, 2], 2]]);
    expect(b.endpointOf(seen[0]!.to)).toEqual({ address: b.address, port: 7 });
    expect(world.network.dropsByReason()).toEqual({ loss: 1 });
  });

  it('takes packets out, changes them in place, and puts copies in', () => {
    const { world, a, b } = makePair();
    const received = collect(b, 7);
    const direction = world.link('ab').forward;
    let count = 0;
    const tap: Tap = {
      onPacket: (table, packet) => {
        count += 1;
        if (count === 1) {
          const recorded = copyPacket(table, packet);
          world.scheduler.after(5 * MS, () => {
            world.network.inject(direction, recorded);
            world.network.inject(direction, recorded);
          });
          return 'drop';
        }
        table.view(packet)[0] = 99;
        return 'pass';
      },
    };
    direction.setTaps([tap]);
    const send = sender(a, { host: b, port: 7 });
    send(Uint8Array.of(1));
    send(Uint8Array.of(2));
    world.runUntil(20 * MS);
    expect(received.map(({ bytes }) => bytes[0])).toEqual([99, 1, 1]);
    expect(received.at(-1)!.at).toBe(8 + 6 * MS);
    expect(count).toBe(2);
    const { offered, injected, delivered, dropped, balance } = direction.conservation();
    expect({ offered, injected, delivered, dropped, balance }).toEqual({
      offered: 2,
      injected: 2,
      delivered: 3,
      dropped: 1,
      balance: 0,
    });
  });

  it('what it injects draws nothing and is lost on a link that is down', () => {
    const lossy = { ...FAST, loss: { kind: 'bernoulli', probability: 0.5 } } as const;
    const fates = (injects: boolean): number[] => {
      const { world, a, b } = makePair(lossy);
      const received = collect(b, 7);
      const send = sender(a, { host: b, port: 7 });
      const { forward } = world.link('ab');
      const forged = {
        buffer: Uint8Array.of(200),
        offset: 0,
        length: 1,
        from: 0,
        to: b.endpoint(b.address, 7),
      };
      for (let i = 0; i < 50; i += 1) {
        a.after(i * MS, () => {
          send(Uint8Array.of(i));
          if (injects) world.network.inject(forward, forged);
        });
      }
      world.runUntil(100 * MS);
      world.link('ab').change({ up: false });
      world.network.inject(forward, forged);
      world.runUntil(200 * MS);
      expect(world.network.dropsByReason()['link-down']).toBe(1);
      expect(world.network.imbalance()).toBeUndefined();
      return received.map(({ bytes }) => bytes[0]!).filter((byte) => byte !== 200);
    };
    expect(fates(true)).toEqual(fates(false));
  });

  it('is gone when it is taken off', () => {
    const { world, a, b } = makePair();
    const received = collect(b, 7);
    const { forward } = world.link('ab');
    forward.setTaps([{ onPacket: () => 'drop' }]);
    const send = sender(a, { host: b, port: 7 });
    send(Uint8Array.of(1));
    world.runUntil(5 * MS);
    forward.setTaps([]);
    send(Uint8Array.of(2));
    world.runUntil(10 * MS);
    expect(received.map(({ bytes }) => bytes[0])).toEqual([2]);
  });
});
