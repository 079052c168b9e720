/** Modules that are replaced while a worker or a sweep runs: no run has the name of another file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeedAnswer } from '../../../../runner/run/job.ts';
import { LocalExecutor } from '../../../../runner/sweep/local-executor.ts';
import type { SweepCombination } from '../../../../runner/sweep/run-sweep.ts';
import { PROJECT_ROOT } from '../../../../scenarios/folders.ts';
import { openScenario } from '../../../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';
import { honestJob, startWorker } from './fake-queue.ts';

const PING = JSON.stringify(join(PROJECT_ROOT, 'nodes/ping/index.ts'));
const V1 = `import { protocol as ping } from ${PING};
export const protocol = { ...ping, name: 'mine' };
`;
const V2 = V1.replace("name: 'mine'", "name: 'mine', create() { throw new Error('v2 ran'); }");
const scenarioOf = (module: string): string => `name: mine
topology: { name: x, nodes: [{ name: alice, run: ./${module} }, { name: bob, run: ./${module} }], links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }] }
duration: 100ms
warmup: 10ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { mine.delivery: { value: ">= 1%" } }
`;

let root = '';
const before = process.cwd();

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'orrery-replaced-'));
  mkdirSync(join(root, 'worker'));
  process.chdir(join(root, 'worker'));
});
afterAll(() => {
  process.chdir(before);
  rmSync(root, { recursive: true });
});

/** Its module is v1; Node keeps modules, so that each test has its own. */
function made(name: string): { readonly file: string; replace(text: string): void } {
  const replace = (text: string): void => writeFileSync(`${name}.mjs`, text);
  replace(V1);
  writeFileSync(`${name}.yaml`, scenarioOf(`${name}.mjs`));
  return { file: `${name}.yaml`, replace };
}

describe('a module that is replaced in the folder of a worker', () => {
  it('was run under the name of the one before, and the new one refused for ever', async () => {
    const { file, replace } = made('my');
    const worker = await startWorker(2);
    expect(await worker.answer(await honestJob(file))).toMatch(/^result /);
    const old = await Promise.all(
      [2, 3, 4, 5, 6, 7, 8, 9].map((seed) => honestJob(file, {}, seed)),
    );
    replace(V2);
    for (const answer of await Promise.all(old.map((job) => worker.answer(job)))) {
      expect(answer).toMatch(/^my\.mjs is not the file of the job\n/);
    }
    const fresh = await worker.answer(await honestJob(file));
    expect(fresh).toMatch(/^this process has loaded another my\.mjs: restart it\n/);
    replace(V1);
    expect(await worker.answer(await honestJob(file, {}, 2))).toMatch(/^result /);
    await worker.close();
  });

  it('runs if it was replaced before it was loaded', async () => {
    const { file, replace } = made('early');
    const worker = await startWorker(1);
    replace(V2);
    expect(await worker.answer(await honestJob(file))).toContain('v2 ran');
    await worker.close();
  });
});

describe('a module that is replaced while a sweep runs', () => {
  const executor = (): LocalExecutor =>
    new LocalExecutor({ threads: 1, onNotice: () => undefined });
  const opened = async (file: string): Promise<SweepCombination> => {
    const loaded = await openScenario(file, {}, new ProtocolRegistry());
    return { ...loaded, index: 0, parameters: {}, isKept: false };
  };
  const refusal = (message: string): SeedAnswer => ({ kind: 'refused', message });

  it('was run by the threads that had not loaded the one before', async () => {
    const { file, replace } = made('swept');
    const cell = await opened(file);
    replace(V2);
    const threads = executor();
    expect(await threads.run(cell, 1)).toEqual(refusal('swept.mjs is not the file of the job'));
    await threads.close();
  });

  it('was not run by a thread that had loaded the one before, under the name of the new one', async () => {
    const { file, replace } = made('kept');
    const threads = executor();
    expect((await threads.run(await opened(file), 1)).kind).toBe('result');
    replace(V2);
    const cell = await opened(file);
    expect(await threads.run(cell, 1)).toEqual(
      refusal('this process has loaded another kept.mjs: restart it'),
    );
    await threads.close();
    const others = executor();
    expect(await others.run(cell, 1)).toMatchObject({ message: expect.stringMatching(/v2 ran/) });
    await others.close();
  });

  it('and so a scenario: its runs had the name of the file before', async () => {
    const { file } = made('moved');
    const cell = await opened(file);
    writeFileSync(file, scenarioOf('moved.mjs').replace('100ms', '200ms'));
    const threads = executor();
    const differs = 'moved.yaml or a file that it names differs from that of the job';
    expect(await threads.run(cell, 1)).toEqual(refusal(differs));
    await threads.close();
  });
});
