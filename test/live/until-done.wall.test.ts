/**
 * `until: done` by the wall clock: a run ends when its work is done, in one process, on two event
 * loops, as processes and emulated; a crash takes back what a node said.
 */
import { afterAll, expect, it } from 'vitest';
import { load, run } from '../unit/runner/fixture.ts';
import { blockOf, cleanUp, RUNS, reportOn, spread, WAYS, write } from './support.ts';

afterAll(cleanUp);

/** A file of 20 packets within a second or two; the limit is half a minute. */
const transfer = (name: string, more = ''): string => `
name: ${name}
topology:
  name: transfer
  defaults: { node: { run: bulk }, link: { rate: 10Mbit/s, delay: 20ms } }
  nodes: [{ name: source, address: BLOCK.1 }, { name: sink, address: BLOCK.2 }]
  links: [{ ends: source <-> sink }]
duration: 30s
until: done
options: { sink: { expects: 20 } }
traffic: [{ from: source, to: sink, kind: file, bytes: 20kB, size: 1000B, start: 500ms }]
kpis: { bulk.delivery: { value: "== 100%" } }
${more}`;

// They mostly wait.
it.concurrent.each(WAYS)('%s: ends when the receiver has its file', async (how) => {
  const file = write(`${how}.yaml`, transfer(how), blockOf(51 + WAYS.indexOf(how)));
  const report = reportOn(await RUNS[how](file));
  expect(report.pass).toBe(true);
  const done = report.perSeed[0]?.done;
  if (done?.by !== 'done') throw new Error(JSON.stringify(done));
  expect(done.atNs).toBeGreaterThan(0.5e9);
  // Within the limit by far, also on a slow machine.
  expect(done.atNs).toBeLessThan(15e9);
  expect(report.virtualSeconds).toBe(done.atNs / 1e9);
  if (how === 'emulate') expect(report.fingerprint).toBe(run(load(file)).fingerprint);
});

it.concurrent('processes: a killed receiver that has finished says it again when it is back', async () => {
  const crash = 'events: [{ at: 3s, for: 1s, crash: sink }]\n';
  const two = transfer('again', crash)
    .replace(
      'name: sink, address: BLOCK.2 }',
      'name: sink, address: BLOCK.2 }, { name: late, address: BLOCK.3 }',
    )
    .replace('{ ends: source <-> sink }', '{ ends: source <-> sink }, { ends: source <-> late }')
    .replace('sink: { expects: 20 }', 'sink: { expects: 20 }, late: { expects: 2 }')
    .replace(
      'start: 500ms }',
      'start: 500ms }, { from: source, to: late, kind: file, bytes: 2kB, size: 1000B, start: 3400ms }',
    );
  const spreading = await spread(write('again.yaml', two, blockOf(55)));
  const done = reportOn(await spreading.end).perSeed[0]?.done;
  if (done?.by !== 'done') throw new Error(JSON.stringify(done));
  // `late` is done before four seconds, `sink` is down until then.
  expect(done.atNs).toBeGreaterThanOrEqual(4e9);
});
