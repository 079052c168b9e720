/**
 * Scenarios on two event loops of this process: they give one verdict, single nodes can crash, and
 * errors and early ends are reported. The tests run in parallel, because they mostly wait.
 */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { pause } from '../../runner/run/pause.ts';
import { LIVE_METRICS } from '../../scenarios/metrics/live-metrics.ts';
import {
  blockOf,
  CABLE,
  cleanUp,
  folder,
  orrery,
  pings,
  reportOn,
  spread,
  warningsOf,
  write,
} from './support.ts';

afterAll(cleanUp);

const TWO = { processes: { loops: 2 } } as const;

/** A scenario of pings with a link of its own. */
function pingsOn(name: string, n: number, duration: string): string {
  write(`${name}.yaml`, CABLE, blockOf(n));
  return write(`${name}-pings.yaml`, pings(`${name}.yaml`, duration));
}

const TWO_CABLES = `
name: two-cables
defaults: { node: { run: ping }, link: { rate: 10Mbit/s, delay: 5ms } }
nodes:
  - { name: alice, address: BLOCK.1 }
  - { name: bob, address: BLOCK.2 }
  - { name: carol, address: BLOCK.3 }
  - { name: dave, address: BLOCK.4 }
links: [{ ends: alice <-> bob }, { ends: carol <-> dave }]
`;

/** Alice and carol share an event loop; bob and dave share the other. */
const CRASHES = `
name: crashes
question: Do pings go on beside a node that crashes, and come back after a restart?
topology: two-cables.yaml
duration: 2s
warmup: 300ms
traffic:
  - { from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }
  - { from: carol, to: dave, kind: constant, rate: 10/s, size: 100B }
events:
  - { at: 500ms, crash: carol }
  - { at: 700ms, for: 200ms, crash: bob }
kpis: { ping.delivery: { value: ">= 50%" } }
`;

describe.concurrent('two event loops', () => {
  it('lose the node that crashes and no other, and give one verdict', async () => {
    write('two-cables.yaml', TWO_CABLES, blockOf(21));
    const run = await spread(write('crashes.yaml', CRASHES), TWO);
    const report = reportOn(await run.end);
    expect(report).toMatchObject({ pass: true, mode: 'live', layout: '2 loops', cpu: 'real' });
    // Traffic sources continue even for nodes that are down: 170 packets of alice, 17 of carol.
    const { value = 1, count = 0 } = report.metrics['ping.delivery'] ?? {};
    expect(count).toBeGreaterThan(175);
    expect(value).toBeLessThan(0.99);
    expect(report.faults.map(({ text }) => text)).toEqual(['carol crashed', 'bob crashed']);
    expect(warningsOf(report)).not.toContain('ended');
    // The metrics of a run in a single process, which this is.
    const own = Object.keys(report.metrics).filter((name) => name.startsWith('live.'));
    expect(own).toEqual(LIVE_METRICS.map(({ name }) => name).sort());
    // Counts pings and pongs of both event loops.
    expect(report.metrics['live.lateness']?.count).toBeGreaterThan(150);
    expect(report.metrics['live.cpu']?.value).toBeGreaterThan(0);
    // Hops from one loop to the other, matched by the coordinator; pings to nodes that are down are
    // lost.
    expect(report.metrics['live.hop_lateness']?.count).toBeGreaterThan(150);
    expect(report.metrics['live.way_lateness']?.count).toBeGreaterThan(100);
    expect(report.metrics['live.on_time_latency']?.min).toBeGreaterThanOrEqual(5_000_000);
    expect(report.metrics['live.samples_across']?.value).toBe(0);
  });

  it('refuse addresses that are taken in one line', async () => {
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(7_007, `${blockOf(22)}.2`, resolve));
    const run = await spread(pingsOn('taken', 22, '1s'), TWO);
    const words = `bob: ${blockOf(22)}.2:7007: another program holds it (EADDRINUSE)`;
    try {
      await expect(run.end).rejects.toMatchObject({ name: 'Refusal', message: words });
    } finally {
      other.close();
    }
  });

  it('name the node of a user’s protocol that breaks', async () => {
    const module = fileURLToPath(new URL('./breaking-node.ts', import.meta.url));
    const broken = CABLE.replace('alice, run: ping', `alice, run: ${module}`).replace(
      'bob, run: ping',
      `bob, run: ${module}, options: { breaks: throws }`,
    );
    write('broken.yaml', broken, blockOf(23));
    const text = pings('broken.yaml', '500ms').replace(/kpis: .*/, 'kpis: {}');
    const run = await spread(write('breaks.yaml', text), TWO);
    const message = 'exception with seed 1: bob: cannot read what is not there';
    expect(await run.end).toMatchObject({ kind: 'broken', message });
  });

  it('end within five seconds of a signal, also when a node never returns', async () => {
    const module = fileURLToPath(new URL('../fixtures/crashing.ts', import.meta.url));
    const held = CABLE.replace('alice, run: ping', `alice, run: ${module}`).replace(
      'bob, run: ping',
      `bob, run: ${module}, options: { breaks: loop }`,
    );
    write('held.yaml', held, blockOf(25));
    const text = pings('held.yaml', '60s').replace(/kpis: .*/, 'kpis: {}');
    const file = write('holds.yaml', text);
    const live = orrery('live', file, '--loops', '2', '--out', join(folder, 'held'), '--no-trace');
    await live.says('wall');
    // Waits until its third datagram has come, since nothing reports that.
    await pause(3_000);
    const beganMs = performance.now();
    process.kill(-live.pid, 'SIGTERM');
    expect(await live.ended).toBe(130);
    expect(performance.now() - beganMs).toBeLessThan(7_000);
    expect(live.stdout()).toContain('bob: did not answer at the end');
  });

  it('end with Ctrl-C: exit 130 and a report that says how to repeat it', async () => {
    const long = pingsOn('long', 24, '60s');
    const live = orrery('live', long, '--loops', '2', '--out', join(folder, 'out'), '--no-trace');
    await live.says('wall');
    process.kill(-live.pid, 'SIGINT');
    expect(await live.ended).toBe(130);
    expect(live.stdout()).toContain('live  2 loops');
    const report = readFileSync(join(folder, 'out/pings/1-live-loops-2/report.json'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ ending: 'interrupted', layout: '2 loops' });
    expect(report).toContain('-- --loops 2');
  });
});
