/**
 * Time in which nothing happens costs nothing: two nodes that are idle for 14 days. Counts, not
 * seconds (those are in `npm run bench -- idle`).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RunControl, type SeedProgress } from '../../../runner/run/run-control.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { counter, loadText, report, run, SECOND } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-idle-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY = 86_400;

/** A packet each 10,000 s: 8 a day, 120 in 14 days. */
const idle = (days: number, more = ''): Scenario =>
  loadText(`
name: idle
topology:
  name: idle
  defaults: { node: { run: datagram }, link: { rate: 1Mbit/s, delay: 10ms } }
  nodes: [{ name: earth }, { name: probe }]
  links: [{ ends: earth <-> probe }]
duration: ${days * DAY}s
traffic: [{ from: earth, to: probe, kind: constant, rate: 0.0001/s }]
${more}`);

/** Counts how often the run looks up from its events. */
class CountingControl extends RunControl {
  looks = 0;

  override report(progress: SeedProgress): void {
    this.looks += 1;
    super.report(progress);
  }
}

describe('two idle nodes', () => {
  it('in 14 days make only the events of their 120 packets, and few stops between them', () => {
    const control = new CountingControl();
    const path = join(folder, 'trace.orr');
    const result = run(idle(14), 1, { control, recordings: { trace: { path, extent: 'full' } } });
    expect(counter(result, 'datagram.throughput')).toBe(120);
    // The source, the transmitter and the arrival.
    expect(result.events).toBeLessThanOrEqual(4 * 121);
    expect(result.events).toBeGreaterThanOrEqual(2 * 120);
    // 60 million slices of 20 ms; two slices a packet and the 252 checkpoints are left.
    expect(control.looks).toBeLessThanOrEqual(2 * 121 + 260);
    expect(control.looks).toBeGreaterThan(120);
    for (const { values, binNs } of result.series) {
      expect(binNs).toBe(300 * SECOND);
      expect(values.length).toBeLessThanOrEqual(4_032);
    }
    expect(result.series.map(({ name }) => name)).toContain('delivered');
    expect(statSync(path).size).toBeLessThan(100_000);
    expect(JSON.stringify(report(idle(14), [result])).length).toBeLessThan(200_000);
  });

  it('can be stopped in the middle of 14 days', () => {
    const control = new CountingControl();
    const stopping = new (class extends CountingControl {
      override report(progress: SeedProgress): void {
        super.report(progress);
        if (progress.nowNs > 7 * DAY * SECOND) this.interrupt();
      }
    })();
    expect(run(idle(14), 1, { control }).ending).toBe('complete');
    const stopped = run(idle(14), 1, { control: stopping });
    expect(stopped.ending).toBe('interrupted');
    expect(stopped.virtualNs / SECOND / DAY).toBeGreaterThan(7);
    expect(stopped.virtualNs / SECOND / DAY).toBeLessThan(7.2);
  });
});
