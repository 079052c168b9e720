/** The measurement of the machine's pace holds the process up, and must not hold up the run. */
import { expect, it, vi } from 'vitest';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';

const PAUSE_MS = 1_000;
const PACE = 100_000_000;
/** On addresses derived from the number of this process, so that other live runs use others. */
const block = `127.${150 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
const CABLE = `{
  name: cable,
  nodes: [{ name: alice, run: ping, address: ${block}.6 }, { name: bob, run: ping, address: ${block}.7 }],
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }]
}`;

vi.mock('../../runner/worlds/live/machine-pace.ts', () => ({
  measureMachinePace: (): number => {
    const beganMs = performance.now();
    while (performance.now() < beganMs + PAUSE_MS);
    return PACE;
  },
}));

vi.resetModules();
const { live, registry } = await import('./on-sockets.ts');

// Other work on the machine may hold it up as well.
it('is no stall of the run', { retry: 1 }, async () => {
  const overrides = { topology: CABLE, duration: '600ms', warmup: '100ms' };
  const order = { path: 'hello.yaml', folders: SHIPPED_FILE_FOLDERS, overrides, registry };
  const { metrics } = await live(loadScenario(order));
  expect(metrics['live.pace']).toMatchObject({ value: PACE });
  const stall = metrics['live.stall'];
  expect(
    Number(stall !== undefined && 'value' in stall ? stall.value : Number.NaN) / 1e6,
  ).toBeLessThan(0.9 * PAUSE_MS);
});
