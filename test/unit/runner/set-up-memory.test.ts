import { beforeEach, describe, expect, it } from 'vitest';
import { SetUpMemoryGuard } from '../../../runner/worlds/set-up-memory.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import type { HeldMemory, MemoryLimits } from '../../../topologies/files/machine.ts';
import { memoryHeld } from '../../memory.ts';
import { loadText, run } from './fixture.ts';

const MB = 1e6;
const GB = 1e9;

/** A thread whose memory grows by so much with each thing made. */
function growing(
  heapEach: number,
  arraysEach: number,
  limits: MemoryLimits,
): {
  readonly memory: SetUpMemoryGuard;
  readonly make: (part: string, count: number, total?: number) => void;
} {
  let held: HeldMemory = { heap: 100 * MB, arrays: 10 * MB };
  const memory = new SetUpMemoryGuard({
    held: (): HeldMemory => held,
    limits: (): MemoryLimits => limits,
  });
  const make = (part: string, count: number, total = count): void => {
    for (let made = 0; made < count; made += 1) {
      held = { heap: held.heap + heapEach, arrays: held.arrays + arraysEach };
      memory.made(part, total);
    }
  };
  return { memory, make };
}

const ROOMY = { heap: 4 * GB, free: 16 * GB };

describe('what a set-up takes of memory', () => {
  it('refuses nodes that will not fit in the first seconds, with the estimate', () => {
    const { make } = growing(50_000, 0, ROOMY);
    expect(() => make('nodes', 10_000, 100_000)).toThrow(
      'this run needs about 5.10 GB for 100,000 nodes (the first 3,072 took 154 MB), and 4 GB its thread may have; NODE_OPTIONS=--max-old-space-size=MB gives more',
    );
  });

  it('lets nodes pass that fit, and refuses a tenth more', () => {
    expect(() => growing(38_900, 0, ROOMY).make('nodes', 100_000)).not.toThrow();
    expect(() => growing(40_000, 0, ROOMY).make('nodes', 100_000)).toThrow(Refusal);
  });

  it('counts arrays against the memory of the machine, not against the heap', () => {
    const { make } = growing(0, 50_000, ROOMY);
    expect(() => make('nodes', 100_000)).not.toThrow();
    expect(() => growing(0, 50_000, { heap: 4 * GB, free: 4 * GB }).make('nodes', 100_000)).toThrow(
      '5.00 GB for 100,000 nodes (the first 4,096 took 205 MB), and 4 GB is free on this machine',
    );
  });

  it('adds what the parts before have taken', () => {
    const limits = { heap: 4 * GB, free: 16 * GB };
    const { make } = growing(30_000, 0, limits);
    expect(() => make('hosts', 80_000)).not.toThrow();
    expect(() => make('links', 80_000)).toThrow('this run needs about 4.90 GB for 80,000 links');
  });

  it('allows 32 MB for garbage in what has been made', () => {
    expect(() => growing(31_000, 0, ROOMY).make('nodes', 1_024, 1_000_000)).not.toThrow();
    expect(() => growing(36_000, 0, ROOMY).make('nodes', 1_024, 1_000_000)).toThrow(Refusal);
  });

  it('says what all have taken, heap and arrays', () => {
    const { memory, make } = growing(1_000, 500, ROOMY);
    make('hosts', 100);
    make('nodes', 100);
    expect(memory.takenBytes()).toBe(300_000);
  });
});

const TEXT = `
name: many
topology:
  name: many
  generate: { kind: star, nodes: 6000 }
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s, delay: 5ms } }
duration: 100ms
traffic: [{ from: node-2, to: node-1, kind: constant, rate: 100/s, size: 100B }]
`;

describe('the memory of a run', () => {
  // What earlier tests left would be freed meanwhile, and once came out as -33 kB for a node.
  beforeEach(() => void memoryHeld());

  it('is in its result: nodes by thousands of bytes, and the packets under way at once', () => {
    const { memory } = run(loadText(TEXT));
    const each = (memory?.nodes.bytes ?? 0) / (memory?.nodes.count ?? 1);
    expect(memory?.nodes.count).toBe(6_000);
    // About 7 kB; what is still young is not counted.
    expect(each).toBeGreaterThan(1_000);
    expect(each).toBeLessThan(20_000);
    expect(memory?.packets.most).toBe(1);
  });

  it('refuses a network that will not fit before it is made', () => {
    let looks = 0;
    // A thread that finds 40 MB more at each look: the first thousand hosts.
    const small = new SetUpMemoryGuard({
      held: (): HeldMemory => {
        looks += 1;
        return { heap: looks * 40 * MB, arrays: 0 };
      },
      limits: (): MemoryLimits => ({ heap: 150 * MB, free: 4 * GB }),
    });
    expect(() => run(loadText(TEXT), 1, { memory: small })).toThrow(
      'this run needs about 314 MB for 6,000 hosts (the first 2,048 took 80 MB), and 150 MB its thread may have',
    );
  });
});
