/**
 * `drain` by the wall clock: packets that are longer under way than the default second count if
 * the file says so, in one process, on two event loops, as processes and emulated.
 */
import { afterAll, expect, it } from 'vitest';
import { runEmulated } from '../../runner/run/emulate-run.ts';
import { runLive } from '../../runner/run/live-run.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { blockOf, cleanUp, folder, orderOf, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

/** Nine packets in the first second, each 1.4 s under way. */
const far = (name: string, drain: string): string => `
name: ${name}
topology:
  name: far
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s, delay: 1400ms } }
  nodes: [{ name: earth, address: BLOCK.1 }, { name: probe, address: BLOCK.2 }]
  links: [{ ends: earth <-> probe }]
duration: 1s
${drain}
traffic: [{ from: earth, to: probe, kind: constant, rate: 10/s }]
kpis: { datagram.delivery: { value: ">= 10%" } }
`;

const emulated = { speed: 1, onLate: 'warn', lateLimitNs: 1e9, folder } as const;
const RUNS: Readonly<Record<string, (file: string) => Promise<RunEnd>>> = {
  live: async (file) => runLive(await orderOf(file)),
  loops: async (file) => (await spread(file, { processes: { loops: 2 } })).end,
  processes: async (file) => (await spread(file)).end,
  emulate: async (file) => runEmulated({ ...(await orderOf(file)), ...emulated }),
};

/** Packets that nodes accepted, and those that arrived; a busy machine sheds some at their source. */
async function counts(
  how: string,
  file: string,
): Promise<{ readonly accepted: number; readonly arrived: number }> {
  const { metrics } = reportOn(await (RUNS[how] as (file: string) => Promise<RunEnd>)(file));
  const [accepted = 0, arrived = 0] = ['accepted', 'throughput'].map(
    (name) => metrics[`datagram.${name}`]?.count ?? 0,
  );
  return { accepted, arrived };
}

// They mostly wait.
it.concurrent.each(Object.keys(RUNS))(
  '%s: counts packets that arrive within the drain',
  async (how) => {
    const block = blockOf(45 + Object.keys(RUNS).indexOf(how));
    const { accepted, arrived } = await counts(
      how,
      write(`${how}.yaml`, far(how, 'drain: 2s'), block),
    );
    // More than those of the first 600 ms.
    expect(accepted).toBeGreaterThanOrEqual(7);
    expect(arrived).toBe(accepted);
  },
);

it.concurrent('counts only what arrives within a second if the file says nothing', async () => {
  const { accepted, arrived } = await counts(
    'live',
    write('late.yaml', far('late', ''), blockOf(49)),
  );
  expect(accepted).toBeGreaterThanOrEqual(7);
  expect(arrived).toBeGreaterThanOrEqual(1);
  expect(arrived).toBeLessThan(accepted);
});
