/** Questions to nodes by the wall clock: in one process, on two event loops, as processes and emulated. */
import { afterAll, expect, it } from 'vitest';
import { runEmulated } from '../../runner/run/emulate-run.ts';
import { runLive } from '../../runner/run/live-run.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { blockOf, cleanUp, folder, orderOf, reportOn, spread, write } from './support.ts';

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

const emulated = { speed: 1, onLate: 'warn', lateLimitNs: 1e9, folder } as const;
const RUNS: Readonly<Record<string, (file: string) => Promise<RunEnd>>> = {
  live: async (file) => runLive(await orderOf(file)),
  loops: async (file) => (await spread(file, { processes: { loops: 2 } })).end,
  processes: async (file) => (await spread(file)).end,
  emulate: async (file) => runEmulated({ ...(await orderOf(file)), ...emulated }),
};

// They mostly wait.
it.concurrent.each(Object.keys(RUNS))(
  '%s: a node answers in parts while its link is cut',
  async (how) => {
    const file = write(`ask-${how}.yaml`, asked(how), blockOf(71 + Object.keys(RUNS).indexOf(how)));
    const report = reportOn(await (RUNS[how] as (file: string) => Promise<RunEnd>)(file));
    const answers = report.faults.flatMap(({ kind, answer }) => (kind === 'ask' ? [answer] : []));
    expect(answers.map((answer) => answer?.outcome)).toEqual(['ok', 'ok', 'node-down']);
    const [flush, status] = answers;
    // The cut lasts half a second after the question.
    expect(flush?.tookNs).toBeGreaterThan(0.4e9);
    expect(flush?.parts).toBeGreaterThan(0);
    expect(status?.bytes).toBeGreaterThan('{"peers":[]}'.length);
    expect(report.pass).toBe(true);
  },
);
