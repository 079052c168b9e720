import { describe, expect, it } from 'vitest';
import { measureCoresInUse, waitForQuietMachine } from '../../../cli/quiet.ts';

describe('the look whether a machine is quiet', () => {
  it('ends with the first quiet time', async () => {
    const uses = [1.2, 0.41, 0.4, 2];
    await waitForQuietMachine(() => Promise.resolve(uses.shift() ?? 0));
    expect(uses).toEqual([2]);
  });

  it('refuses after five looks of two seconds, and says what others used at least', async () => {
    const waits: number[] = [];
    const refused = waitForQuietMachine((ms) => {
      waits.push(ms);
      return Promise.resolve(waits.length === 3 ? 0.9 : 2);
    });
    await expect(refused).rejects.toThrow(
      /^other programs use 0\.9 of \d+ cores: the machine is too busy/,
    );
    expect(waits).toEqual([2_000, 2_000, 2_000, 2_000, 2_000]);
  });

  it('counts user, nice, system and interrupts of all cores, and no idling', async () => {
    let sum = 0;
    const times = (): { user: number; nice: number; sys: number; irq: number; idle: number } => {
      sum += 1_000_000;
      return { user: sum, nice: sum, sys: sum, irq: sum, idle: 50 * sum };
    };
    const core = (): ReturnType<typeof import('node:os').cpus>[number] => ({
      model: '',
      speed: 0,
      times: times(),
    });
    const inUse = await measureCoresInUse(20, () => [core()]);
    // A timer may fire a little early.
    expect(inUse).toBeLessThanOrEqual(4_000_000 / 15);
    expect(inUse).toBeGreaterThan(4_000_000 / 60_000);
  });
});
