/**
 * Sums over nodes are judged outside them, in every world alike: in virtual time, in one process,
 * on two event loops, and as processes, where only checks of the vectors leave a process.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { runLive } from '../../runner/run/live-run.ts';
import { makeJudgeInput, type RunEnd } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { blockOf, cleanUp, orderOf, reportOn, spread, write } from './support.ts';

const MODULE = fileURLToPath(new URL('../fixtures/summer/index.ts', import.meta.url));

afterAll(cleanUp);

const sums = (name: string, defect: string): string => `
name: ${name}
question: Are the claims of sums right?
topology:
  name: three
  defaults: { node: { run: ${MODULE}, options: { defect: ${defect} } }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes: [{ name: teller, address: BLOCK.1 }, { name: one, address: BLOCK.2 }, { name: two, address: BLOCK.3 }]
  links: [{ ends: teller <-> one }, { ends: teller <-> two }]
duration: 1500ms
warmup: 300ms
kpis: { summer.exact: { value: "== 1" } }
`;

const RUNS: Readonly<Record<string, (file: string) => Promise<RunEnd>>> = {
  sim: async (file) => {
    const order = await orderOf(file);
    return { kind: 'judged', input: makeJudgeInput(order, [runSeed({ ...order, seed: 1 })], 1) };
  },
  live: async (file) => runLive(await orderOf(file)),
  loops: async (file) => (await spread(file, { processes: { loops: 2 } })).end,
  processes: async (file) => (await spread(file)).end,
};
const DEFECTS = ['leaves-out', 'names-none', 'twice'];
let block = 71;

async function exact(how: string, defect: string): Promise<readonly [number, number]> {
  block += 1;
  const file = write(`${how}-${defect}.yaml`, sums(how, defect), blockOf(block));
  const found = reportOn(await (RUNS[how] as (file: string) => Promise<RunEnd>)(file));
  const metric = found.metrics['summer.exact'];
  return [metric?.value ?? Number.NaN, metric?.count ?? Number.NaN];
}

// They mostly wait.
it.concurrent.each(Object.keys(RUNS))(
  '%s: right sums hold, and one wrong element is found',
  async (how) => {
    const [right, claims] = await exact(how, 'none');
    expect(right).toBe(1);
    // Ten a second from the end of the warm-up, 0.3 s, to that of the drain, 2.5 s; both may be cut.
    expect(claims).toBeGreaterThanOrEqual(12);
    expect(claims).toBeLessThanOrEqual(24);
    expect((await exact(how, 'one-element'))[0]).toBe(0);
  },
);

it.each(DEFECTS)('virtual time: claims with the defect %s do not hold', async (defect) => {
  expect((await exact('sim', defect))[0]).toBe(0);
});
