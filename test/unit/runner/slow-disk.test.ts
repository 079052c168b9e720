/** A slower disk confirms later, so that a crash takes more with it. @module */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { load, run, SECOND } from './fixture.ts';

const CRASH = '{ at: 10s, for: 300ms, crash: relay }';
const calm = { duration: '20s', drain: '60s', kpis: '{}' };

function delivered(events: string): { readonly recovered: number; readonly delivered: number } {
  const { metrics } = run(load('dtn-crash.yaml', { ...calm, events }));
  const { 'dtn.recovered': recovered, 'dtn.arrived': arrived } = metrics;
  const countOf = (data: typeof recovered): number => (data?.kind === 'counter' ? data.value : -1);
  return { recovered: countOf(recovered), delivered: countOf(arrived) };
}

describe('a disk that is slower for a while', () => {
  it('was as quick as ever when its node crashed: a bundle that waits for the disk is lost then', () => {
    const cut = '{ at: 9s, for: 2s, link: "relay <-> *", set: { up: false } }';
    const quick = delivered(`[${cut}, ${CRASH}]`);
    const slow = delivered(
      `[${cut}, ${CRASH}, { at: 5s, for: 8s, disk: { node: relay, slower: 3s } }]`,
    );
    expect(quick.recovered).toBeGreaterThan(0);
    expect(slow.recovered).toBeLessThan(quick.recovered);
  });

  it('is as quick as before when the event is over', () => {
    const late = '{ at: 5s, for: 1s, disk: { node: relay, slower: 50ms } }';
    const { checkpoints, virtualNs } = run(
      load('dtn-crash.yaml', { ...calm, events: `[${late}]` }),
    );
    expect([virtualNs, checkpoints === undefined]).toEqual([20 * SECOND, false]);
    expect(delivered(`[${late}]`).delivered).toBe(delivered('[]').delivered);
  });

  it.each([
    ['{ at: 1s, for: 1s, disk: { node: nobody, slower: 1s } }', 'node "nobody"'],
    ['{ at: 1s, for: 1s, disk: { node: relay } }', 'slower'],
    ['{ at: 1s, for: 1s, disk: { node: relay, slower: 0s } }', '1ns'],
  ])('is refused as %s', (event, text) => {
    const open = (): unknown => load('dtn-crash.yaml', { ...calm, events: `[${event}]` });
    expect(open).toThrow(ConfigError);
    expect(open).toThrow(text);
  });
});
