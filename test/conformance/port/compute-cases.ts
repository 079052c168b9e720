/**
 * Port cases for heavy computations (engine/host/compute.ts).
 *
 * @module
 */
import { expect } from 'vitest';
import type { ByteJobOutput, ComputeResult } from '../../../engine/host/compute.ts';
import type { PortCase } from './port-world.ts';

export const computeCases: readonly PortCase[] = [
  {
    id: 'compute/result',
    says: 'runs a job and tells its output in a later turn',
    run: async (world) => {
      const results: ComputeResult[] = [];
      world.act(() => {
        world.a.compute('double', 21, (result) => results.push(result));
        world.a.compute('reverse', Uint8Array.of(1, 2, 3), (result) => results.push(result), {
          lane: 'control',
        });
        expect(results).toEqual([]);
      });
      await world.until(() => results.length === 2, 'both jobs end');
      const outputs = results.map((result) => (result.kind === 'done' ? result.output : result));
      expect(outputs).toContainEqual(42);
      expect(outputs).toContainEqual(Uint8Array.of(3, 2, 1));
    },
  },
  {
    id: 'compute/transfer',
    says: 'moves the memory that a job names: it is gone at once, and the output is whole',
    run: async (world) => {
      const outputs: unknown[] = [];
      world.act(() => {
        for (const summand of [1, 10]) {
          const left = Uint32Array.of(1, 2, 0xffff_ffff);
          const right = new Uint32Array(3).fill(summand);
          world.a.compute('plus', { left, right }, (result) =>
            outputs.push(result.kind === 'done' ? result.output : result),
          );
          expect([left.length, right.length]).toEqual([0, 0]);
        }
      });
      await world.until(() => outputs.length === 2, 'both jobs end');
      expect(outputs).toContainEqual(Uint32Array.of(2, 3, 0));
      expect(outputs).toContainEqual(Uint32Array.of(11, 12, 9));
    },
  },
  {
    id: 'compute/crypto',
    says: 'gives jobs a provider of the same functions',
    run: async (world) => {
      let output: unknown;
      const input = Uint8Array.of(1, 2, 3);
      world.act(() => {
        world.a.compute('hash', input.slice(), (result) => {
          output = result.kind === 'done' ? result.output : result;
        });
      });
      await world.until(() => output !== undefined, 'the job ends');
      expect(output).toEqual(world.a.crypto.sha256(input));
    },
  },
  {
    id: 'compute/failure',
    says: 'tells the message of what a job threw',
    run: async (world) => {
      let failed: ComputeResult | undefined;
      world.act(() => {
        world.a.compute('fail', undefined, (result) => {
          failed = result;
        });
      });
      await world.until(() => failed !== undefined, 'the job ends');
      expect(failed).toEqual({ kind: 'failed', message: 'this job always fails' });
    },
  },
  {
    id: 'compute/order-per-key',
    says: 'ends jobs of one key in their order, whatever each takes',
    run: async (world) => {
      const ended: Record<string, unknown[]> = { left: [], right: [] };
      const times = [40, 1, 20, 2, 0];
      world.act(() => {
        for (const time of times) {
          for (const key of ['left', 'right']) {
            world.a.compute(
              'spin',
              time,
              (result) => ended[key]!.push(result.kind === 'done' ? result.output : result),
              { key },
            );
          }
        }
      });
      const isDone = (): boolean => ended['left']!.length + ended['right']!.length === 10;
      await world.until(isDone, 'all jobs end');
      expect(ended).toEqual({ left: times, right: times });
    },
  },
  {
    id: 'compute/order-across-lanes',
    says: 'keeps the order of one key even when a later job is in the control lane',
    run: async (world) => {
      const ended: number[] = [];
      world.act(() => {
        for (const [index, lane] of (['data', 'data', 'control'] as const).entries()) {
          world.a.compute('spin', 3, () => ended.push(index), { key: 'k', lane });
        }
      });
      await world.until(() => ended.length === 3, 'all jobs end');
      expect(ended).toEqual([0, 1, 2]);
    },
  },
  {
    id: 'compute/lanes',
    says: 'begins waiting control jobs before waiting data jobs',
    run: async (world) => {
      const ended: string[] = [];
      const start = (name: string, lane: 'control' | 'data'): void => {
        world.a.compute('spin', 3, () => ended.push(name), { lane });
      };
      world.act(() => {
        start('first data', 'data');
        start('second data', 'data');
        start('control', 'control');
      });
      await world.until(() => ended.length === 3, 'all jobs end');
      expect(ended).toEqual(['first data', 'control', 'second data']);
    },
  },
  {
    id: 'compute/cancel',
    says: 'never tells the end of a cancelled job, and cancelling twice is harmless',
    run: async (world) => {
      const ended: unknown[] = [];
      world.act(() => {
        const running = world.a.compute('spin', 30, () => ended.push('running'), { key: 'k' });
        const waiting = world.a.compute('spin', 1, () => ended.push('waiting'), { key: 'k' });
        world.a.compute('spin', 2, () => ended.push('wanted'), { key: 'k' });
        running.cancel();
        waiting.cancel();
        waiting.cancel();
      });
      await world.until(() => ended.length > 0, 'the wanted job ends');
      await world.pass(20);
      expect(ended).toEqual(['wanted']);
    },
  },
  {
    id: 'compute/bytes',
    says: 'runs a job on bytes in place, each call with the setup that it named, in the order of a key',
    run: async (world) => {
      const outputs: number[][] = [];
      world.act(() => {
        const setups = [Uint8Array.of(1), Uint8Array.of(10)];
        for (let i = 0; i < 40; i += 1) {
          const bytes = Uint8Array.of(i, 100, 200);
          // The setup changes half way, as keys do at the end of an epoch.
          const input = { setup: setups[i < 20 ? 0 : 1]!, bytes };
          world.a.compute(
            'add',
            input,
            (result) => {
              const output = (result.kind === 'done' ? result.output : result) as ByteJobOutput;
              expect(output.bytes).toBe(bytes);
              outputs.push([...output.bytes, ...output.record]);
            },
            { key: 'k' },
          );
        }
        expect(outputs).toEqual([]);
      });
      await world.until(() => outputs.length === 40, 'all jobs end');
      const expected = Array.from({ length: 40 }, (_, i) => {
        const summand = i < 20 ? 1 : 10;
        return [i + summand, 100 + summand, 200 + summand, i, 100];
      });
      expect(outputs).toEqual(expected);
    },
  },
  {
    id: 'compute/bytes-end',
    says: 'tells what a job on bytes threw, and never the end of a cancelled one',
    run: async (world) => {
      const ended: unknown[] = [];
      const setup = Uint8Array.of(1);
      world.act(() => {
        const bytes = Uint8Array.of(1, 2);
        const cancelled = world.a.compute('add', { setup, bytes }, () => ended.push('cancelled'));
        cancelled.cancel();
        const empty = { setup, bytes: new Uint8Array(0) };
        world.a.compute('add', empty, (result) => ended.push(result));
      });
      await world.until(() => ended.length > 0, 'the job ends');
      await world.pass(20);
      expect(ended).toEqual([{ kind: 'failed', message: 'no bytes to add to' }]);
    },
  },
  {
    id: 'compute/unknown',
    says: 'refuses a job that the protocol does not have',
    run: (world) => {
      world.act(() => {
        expect(() => world.a.compute('missing', 1, () => undefined)).toThrow(/missing/);
      });
      return Promise.resolve();
    },
  },
  {
    id: 'compute/charged',
    says: 'charges the cost of a job on the modelled processor',
    run: async (world) => {
      let endedAt = -1;
      let from = 0;
      world.act(() => {
        from = world.a.now();
        world.a.compute('spin', 8, () => undefined);
        world.a.compute('spin', 5, () => {
          endedAt = world.a.now();
        });
      });
      await world.until(() => endedAt >= 0, 'the second job ends');
      // On one core: 8 ms and then 5 ms, exact to the nanosecond.
      expect(endedAt - from).toBe(13_000_000);
    },
  },
];
