/** Questions to nodes by the wall clock: in one process, on two event loops, as processes and emulated. */
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { askNodeEndpoint } from '../../services/operator/index.ts';
import { blockOf, cleanUp, folder, orrery, RUNS, reportOn, WAYS, write } from './support.ts';

afterAll(cleanUp);

/** A node that answers in parts while its link is cut, one that is down, and one that is asked for its status. */
const asked = (name: string): string => `
name: ${name}
topology:
  name: asked
  defaults: { node: { run: bulk }, link: { rate: 10Mbit/s, delay: 20ms } }
  nodes: [{ name: source, address: BLOCK.1 }, { name: sink, address: BLOCK.2 }]
  links: [{ ends: source <-> sink }]
duration: 8s
traffic: [{ from: source, to: sink, kind: constant, rate: 50/s, size: 1000B, start: 500ms, stop: 5s }]
events:
  - { at: 1s, for: 1s, link: source <-> sink, set: { up: false } }
  - { at: 1500ms, ask: { node: source, kind: flush, target: sink } }
  - { at: 2s, ask: { node: sink, kind: status } }
  - { at: 5500ms, for: 500ms, crash: sink }
  - { at: 5700ms, ask: { node: sink, kind: status } }
kpis: { ask.ok: { value: ">= 60%" }, ask.time: { max: "<= 5s" } }
`;

// They mostly wait.
it.concurrent.each(WAYS)('%s: a node answers in parts while its link is cut', async (how) => {
  const file = write(`ask-${how}.yaml`, asked(how), blockOf(71 + WAYS.indexOf(how)));
  const report = reportOn(await RUNS[how](file));
  const answers = report.faults.flatMap(({ kind, answer }) => (kind === 'ask' ? [answer] : []));
  expect(answers.map((answer) => answer?.outcome)).toEqual(['ok', 'ok', 'node-down']);
  const [flush, status] = answers;
  // The cut lasts half a second after the question.
  expect(flush?.tookNs).toBeGreaterThan(0.4e9);
  expect(flush?.parts).toBeGreaterThan(0);
  expect(status?.bytes).toBeGreaterThan('{"peers":[]}'.length);
  expect(report.pass).toBe(true);
});

it.concurrent.each([
  ['in one process', 'topology.addressPlan=ports', []],
  ['as processes', 'topology.addressPlan=loopback', ['--processes']],
] as const)('the shipped scenario meets its limits %s', async (how, plan, flags) => {
  const out = join(folder, `ask-${how.replaceAll(' ', '-')}`);
  const changes = ['--set', 'duration=20s', '--set', plan];
  const run = orrery('live', 'ask.yaml', ...changes, '--out', out, '--json', ...flags);
  expect(await run.ended, run.stderr()).toBe(0);
  const report = JSON.parse(run.stdout()) as Report;
  expect(report.metrics['ask.ok']).toMatchObject({ count: 3 });
});

it.concurrent.each([
  ['live', 'live', []],
  ['processes', 'live', ['--processes']],
  ['emulate', 'emulate', []],
] as const)(
  '%s: an operator asks any node through the endpoint of the run, and is not measured',
  async (how, command, flags) => {
    const file = write(`asked-${how}.yaml`, asked(how), blockOf(76 + how.length));
    const out = join(folder, `asked-${how}`);
    const run = orrery(command, file, '--operator-port', '0', '--out', out, '--json', ...flags);
    await run.says('operator endpoint at ');
    const port = Number(/ 127\.0\.0\.1:(\d+)/.exec(run.stderr())?.[1]);
    const ask = (kind: string, target: string): ReturnType<typeof askNodeEndpoint> =>
      askNodeEndpoint(
        { host: '127.0.0.1', port },
        {
          kind,
          target,
          body: '',
          withinMs: 10_000,
          ...(kind === 'flush' ? { node: 'source' } : {}),
        },
      );
    const status = await vi.waitFor(async () => {
      const answer = await ask('status', 'sink');
      expect(answer).toMatchObject({ outcome: 'ok' });
      return answer;
    }, 20_000);
    expect('parts' in status && JSON.parse(status.parts.join(''))).toHaveProperty('peers');
    expect(await ask('flush', 'sink')).toMatchObject({ outcome: 'ok' });
    const seen = await fetch(`http://127.0.0.1:${port}/status`);
    expect(await seen.json()).toMatchObject({ state: 'running', nodes: { source: {}, sink: {} } });
    expect(await run.ended).toBe(0);
    const report = JSON.parse(run.stdout()) as Report;
    // The two questions of the file that were answered, of three.
    expect(report.metrics['ask.ok']).toMatchObject({ count: 3 });
    expect(report.fingerprint).toBe('none');
  },
);
