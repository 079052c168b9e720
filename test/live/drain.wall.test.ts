/**
 * `drain` by the wall clock: packets that are longer under way than the default second count if
 * the file says so, in one process, on two event loops, as processes and emulated.
 */
import { afterAll, expect, it } from 'vitest';
import { blockOf, cleanUp, RUNS, reportOn, WAYS, type Way, write } from './support.ts';

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

/** Packets that nodes accepted, and those that arrived; a busy machine sheds some at their source. */
async function counts(
  how: Way,
  file: string,
): Promise<{ readonly accepted: number; readonly arrived: number }> {
  const { metrics } = reportOn(await RUNS[how](file));
  const [accepted = 0, arrived = 0] = ['accepted', 'throughput'].map(
    (name) => metrics[`datagram.${name}`]?.count ?? 0,
  );
  return { accepted, arrived };
}

// They mostly wait.
it.concurrent.each(WAYS)('%s: counts packets that arrive within the drain', async (how) => {
  const block = blockOf(45 + WAYS.indexOf(how));
  const { accepted, arrived } = await counts(
    how,
    write(`${how}.yaml`, far(how, 'drain: 2s'), block),
  );
  // More than those of the first 600 ms.
  expect(accepted).toBeGreaterThanOrEqual(7);
  expect(arrived).toBe(accepted);
});

it.concurrent('counts only what arrives within a second if the file says nothing', async () => {
  const { accepted, arrived } = await counts(
    'live',
    write('late.yaml', far('late', ''), blockOf(49)),
  );
  expect(accepted).toBeGreaterThanOrEqual(7);
  expect(arrived).toBeGreaterThanOrEqual(1);
  expect(arrived).toBeLessThan(accepted);
});
