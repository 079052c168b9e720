/**
 * Port cases for randomness, requests, delivery and drops (engine/host/host.ts).
 *
 * @module
 */
import { expect } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import type { DeliveryFacts, SendWishes } from '../../../engine/host/transport.ts';
import { SUITE_SEED } from './drivers.ts';
import { type PortCase, UPPER_CHANNEL } from './port-world.ts';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const seededWords = (node: string, count: number): number[] => {
  const stream = openRandomStream(SUITE_SEED, node, 'gap');
  return Array.from({ length: count }, () => stream.nextU32());
};
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);

export const hostCases: readonly PortCase[] = [
  {
    id: 'random/streams',
    says: 'gives each purpose a stream: of the seed in virtual time, of the system in live runs',
    run: (world) => {
      world.act(() => {
        expect(world.a.random('gap')).toBe(world.a.random('gap'));
        expect(world.a.random('gap')).not.toBe(world.a.random('elsewhere'));
        const drawn = { a: [] as number[], b: [] as number[] };
        for (let i = 0; i < 10; i += 1) {
          drawn.a.push(world.a.random('gap').u32());
          drawn.b.push(world.b.random('gap').u32());
          world.a.random('elsewhere').u32();
        }
        const seeded = { a: seededWords('a', 10), b: seededWords('b', 10) };
        if (world.kind === 'sim') expect(drawn).toEqual(seeded);
        else {
          // Equal by chance once in 2^32 per word.
          const words = [...drawn.a, ...drawn.b, ...seeded.a, ...seeded.b];
          expect(new Set(words).size).toBeGreaterThan(words.length - 3);
        }
      });
      return Promise.resolve();
    },
  },
  {
    id: 'random/bytes',
    says: 'draws key material of the wanted length that differs from call to call',
    run: (world) => {
      world.act(() => {
        const [first, second] = [world.a.randomBytes(32), world.a.randomBytes(32)];
        expect(first.length).toBe(32);
        expect(first).not.toEqual(second);
        expect(world.a.randomBytes(0).length).toBe(0);
      });
      return Promise.resolve();
    },
  },
  {
    id: 'meter/needs-use',
    says: 'leaves out a metric that needs use until the node asks for it, and then a 0 is a 0',
    run: (world) => {
      world.act(() => {
        expect(world.metricsOfA()).toHaveProperty(['port-suite.count']);
        expect(world.metricsOfA()).not.toHaveProperty(['port-suite.used']);
        world.a.meter.counter('port-suite.used');
        expect(world.metricsOfA()['port-suite.used']).toEqual({ kind: 'counter', value: 0 });
      });
      return Promise.resolve();
    },
  },
  {
    id: 'finished/once-a-life',
    says: 'tells the world once a life that the work is done, as a mark too; a crash forgets it',
    run: async (world) => {
      world.act(() => {
        world.a.finished();
        world.a.finished();
        world.b.finished();
      });
      expect(world.endsOfA).toEqual(['mark finished', 'finished']);
      // The node goes on as before.
      world.act(() => world.a.onRequest(({ respond }) => respond('ok')));
      expect((await world.request('now', '', new Uint8Array(0))).outcome).toBe('ok');
      world.act(() => {
        world.crashA('synced');
        world.restartA();
      });
      expect(world.endsOfA).toHaveLength(2);
      world.act(() => world.a.finished());
      expect(world.endsOfA).toEqual(['mark finished', 'finished', 'mark finished', 'finished']);
    },
  },
  {
    id: 'request/answer',
    says: 'hands requests to the handler and answers to the asker, at once or later',
    run: async (world) => {
      world.act(() => {
        world.a.onRequest(({ kind, target, body, respond }) => {
          const words = `${kind} ${target} ${text(body)}`;
          if (kind === 'now') respond('ok', bytesOf(words));
          else world.a.after(1_000_000, () => respond('later', bytesOf(words)));
        });
      });
      const now = await world.request('now', 'b', bytesOf('hello'));
      expect(now.outcome).toBe('ok');
      expect(text(now.body)).toBe('now b hello');
      expect((await world.request('slow', 'c', bytesOf(''))).outcome).toBe('later');
    },
  },
  {
    id: 'request/wishes',
    says: 'hands over what the sender wishes, and nothing where it wishes nothing',
    run: async (world) => {
      const seen: (SendWishes | undefined)[] = [];
      world.act(() => {
        world.a.onRequest(({ wishes, respond }) => {
          seen.push(wishes);
          respond('ok');
        });
      });
      const wishes = { lifetime: 5_000_000_000, priority: 2, tolerant: true } as const;
      await world.request('send', 'b', bytesOf('urgent'), wishes);
      await world.request('send', 'b', bytesOf('plain'));
      expect(seen).toEqual([wishes, undefined]);
    },
  },
  {
    id: 'request/parts',
    says: 'takes an answer in parts, in order, and tells the node when a full asker has room',
    run: async (world) => {
      world.act(() => {
        world.a.onRequest(({ more, onRoom, respond }) => {
          let next = 0;
          const give = (): void => {
            while (next < 3 && more(bytesOf(`part ${next}`)) === 'ok') next += 1;
            if (next === 3) respond('ok', bytesOf('end'));
          };
          onRoom(give);
          world.a.after(1_000_000, give);
        });
      });
      const got: string[] = [];
      let room = 1;
      const open = world.inquire({
        respond: (outcome, body) => got.push(`${outcome} ${text(body)}`),
        more: (body) => {
          if (room === 0) return 'full';
          room -= 1;
          got.push(text(body));
          return 'ok';
        },
      });
      await world.until(() => got.length > 0, 'the first part');
      await world.pass(2);
      expect(got).toEqual(['part 0']);
      room = 9;
      open.room();
      expect(got).toEqual(['part 0', 'part 1', 'part 2', 'ok end']);
    },
  },
  {
    id: 'request/cancelled',
    says: 'tells the node that its asker has left, and throws later answers away',
    run: async (world) => {
      const heard: string[] = [];
      world.act(() => {
        world.a.onRequest(({ more, onCancel, respond }) => {
          onCancel(() => heard.push('cancelled'));
          world.a.after(2_000_000, () => {
            heard.push(more(bytesOf('late')));
            respond('ok');
          });
        });
      });
      const open = world.inquire({
        respond: (outcome) => heard.push(outcome),
        more: () => 'ok',
      });
      open.cancel();
      await world.until(() => heard.length === 2, 'the late part');
      expect(heard).toEqual(['cancelled', 'full']);
    },
  },
  {
    id: 'request/refused',
    says: 'refuses requests by name when there is no handler or no node',
    run: async (world) => {
      expect((await world.request('x', 'b', bytesOf(''))).outcome).toBe('no-handler');
      world.act(() => world.crashA('synced'));
      expect((await world.request('x', 'b', bytesOf(''))).outcome).toBe('node-down');
    },
  },
  {
    id: 'deliver/bytes',
    says: 'hands delivered bytes to the user of the node',
    run: (world) => {
      world.act(() => world.a.deliver('b', bytesOf('..answer..'), 2, 6));
      expect(world.delivered.map(({ from, bytes }) => `${from}: ${text(bytes)}`)).toEqual([
        'b: answer',
      ]);
      return Promise.resolve();
    },
  },
  {
    id: 'deliver/facts',
    says: 'tells the receiver of a delivery how it came, if it asks, and at no other time',
    run: (world) => {
      const { a } = world;
      let asked = 0;
      const seen: (DeliveryFacts | undefined)[] = [];
      const deliver = (): void => world.act(() => a.deliver('b', bytesOf('answer'), 0, 6));
      const ask = (): void => void seen.push(world.deliveryOfA());
      world.whileDelivered = ask;
      // Nobody describes deliveries yet.
      deliver();
      world.act(() => {
        a.describeDeliveries((from) => {
          asked += 1;
          return { path: `way from ${from}`, sequence: asked };
        });
      });
      world.whileDelivered = undefined;
      deliver();
      expect(asked).toBe(0);
      world.whileDelivered = ask;
      deliver();
      expect(seen).toEqual([undefined, { path: 'way from b', sequence: 1 }]);
      expect(world.deliveryOfA()).toBeUndefined();
      world.act(() => {
        world.crashA('synced');
        world.restartA();
      });
      deliver();
      expect(seen[2]).toBeUndefined();
      return Promise.resolve();
    },
  },
  {
    id: 'deliver/facts-above',
    says: 'tells the protocol above how its message came, while it has it',
    run: (world) => {
      const seen: (DeliveryFacts | undefined)[] = [];
      const transport = world.transportOverA({
        onMessage: () => void seen.push(transport.delivery()),
      });
      const message = Uint8Array.of(UPPER_CHANNEL, 1);
      world.act(() => world.a.describeDeliveries(() => ({ path: 'north', sequence: 7 })));
      world.act(() => world.a.deliver('b', message, 0, message.length));
      expect(seen).toEqual([{ path: 'north', sequence: 7 }]);
      expect(transport.delivery()).toBeUndefined();
      return Promise.resolve();
    },
  },
  {
    id: 'drop/named',
    says: 'counts drops by the names of the protocol and refuses others',
    run: (world) => {
      world.act(() => {
        world.a.drop('unwanted');
        world.a.drop('unwanted');
        expect(() => world.a.drop('never-heard-of')).toThrow(/never-heard-of/);
      });
      expect(world.dropsOfA()).toEqual({ unwanted: 2 });
      return Promise.resolve();
    },
  },
  {
    id: 'crash/silence',
    says: 'calls nothing of an earlier life: timers, sockets, requests, jobs',
    run: async (world) => {
      const heard: string[] = [];
      world.act(() => {
        world.a.after(2_000_000, () => heard.push('timer'));
        world.a.udp({ port: 6_100, onDatagram: () => heard.push('datagram') });
        world.a.compute('double', 1, () => heard.push('job'));
        world.crashA('synced');
        world.restartA();
      });
      await world.pass(30);
      expect(heard).toEqual([]);
      // The port is free after the restart.
      world.act(() => {
        expect(world.a.udp({ port: 6_100, onDatagram: () => undefined })).toBeDefined();
      });
    },
  },
];
