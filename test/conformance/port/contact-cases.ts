/**
 * Port cases for contacts: what a node hears of those of its links (engine/host/host.ts).
 *
 * @module
 */
import { expect } from 'vitest';
import type { ContactTransition } from '../../../engine/host/host.ts';
import type { PortCase, PortWorld } from './port-world.ts';

const MS = 1_000_000;
/** The edges of the link from `a` to `c` as they take place, ms. */
const EDGES: readonly (readonly [ContactTransition['kind'], number])[] = [
  ['begin', 0],
  ['end', 120],
  ['begin', 250],
  ['end', 320],
  ['begin', 600],
  ['end', 720],
];

interface Heard {
  readonly edge: ContactTransition;
  readonly atNs: number;
}

/** Listens at `a` from now on. */
function listen(world: PortWorld): Heard[] {
  const heard: Heard[] = [];
  world.act(() => {
    world.a.onContact((edge) => heard.push({ edge, atNs: world.a.planTime() }));
    expect(heard, 'nothing is heard in the call itself').toEqual([]);
  });
  return heard;
}

export const contactCases: readonly PortCase[] = [
  {
    id: 'contact/edges',
    says: 'tells the beginning and the end of each contact that takes place, never early',
    run: async (world) => {
      const heard = listen(world);
      await world.until(() => heard.some(({ atNs }) => atNs >= 720 * MS), 'the third contact ends');
      // A slow start of the world may have missed the first ones.
      const expected = EDGES.slice(EDGES.length - heard.length);
      expect(heard.map(({ edge }) => edge)).toEqual(
        expected.map(([kind]) => ({ kind, link: 'a--c', peer: 'c' })),
      );
      for (const [index, [, ms]] of expected.entries()) {
        expect(heard[index]?.atNs).toBeGreaterThanOrEqual(ms * MS);
      }
    },
  },
  {
    id: 'contact/no-end-told-first',
    says: 'begins with the beginning of a contact that is open already',
    run: async (world) => {
      await world.pass(610);
      const heard = listen(world);
      await world.until(() => heard.length > 0, 'an edge');
      expect(heard[0]?.edge.kind).toBe('begin');
    },
  },
  {
    id: 'contact/open',
    says: 'lets a datagram leave that is sent when a contact begins',
    run: async (world) => {
      const { a, c } = world;
      let arrived = 0;
      world.act(() => {
        c.udp({
          port: 60_000,
          onDatagram: () => {
            arrived += 1;
          },
        });
        const socket = a.udp({ port: 60_000, onDatagram: () => undefined });
        const to = a.endpoint(world.addressOfC, 60_000);
        a.onContact(({ kind }) => {
          if (kind === 'begin') socket?.send(a.alloc(10), 0, 10, to);
        });
      });
      await world.until(() => arrived >= 2, 'two datagrams arrive');
      expect(world.networkDrops('no-contact')).toBe(0);
    },
  },
  {
    id: 'contact/own-directions',
    says: 'tells nothing of the direction in which only the other end sends',
    run: async (world) => {
      let count = 0;
      world.act(() => {
        for (const host of [world.b, world.c]) {
          host.onContact(() => {
            count += 1;
          });
        }
      });
      await world.pass(300);
      expect(count).toBe(0);
    },
  },
  {
    id: 'contact/last-handler',
    says: 'tells the handler that was installed last, once',
    run: async (world) => {
      const first = listen(world);
      const second = listen(world);
      await world.until(() => second.length >= 2, 'two edges');
      expect(first).toEqual([]);
      expect(second[0]?.edge.kind).not.toBe(second[1]?.edge.kind);
    },
  },
  {
    id: 'contact/crash',
    says: 'tells nothing after a crash, and a node that is back hears an open contact again',
    run: async (world) => {
      await world.pass(610);
      const before = listen(world);
      await world.until(() => before.length > 0, 'an edge');
      world.act(() => world.crashA('synced'));
      const count = before.length;
      await world.pass(250);
      world.act(() => world.restartA());
      const after = listen(world);
      await world.until(() => after.length > 0, 'an edge');
      expect(before).toHaveLength(count);
      expect(after[0]?.edge.kind).toBe('begin');
    },
  },
];
