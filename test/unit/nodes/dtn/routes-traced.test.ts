/** What a trace of a run says about routes and waiting bundles, and that it changes no run. @module */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSingleTracedState, readTracedState } from '../../../../nodes/_kit/trace-state.ts';
import {
  ROUTES_TRACE,
  type RoutesState,
  WAITING_LIST_TRACE,
  type WaitingState,
} from '../../../../nodes/dtn/trace-states.ts';
import type { TraceFile } from '../../../../viz/format/trace-file.ts';
import { load, run, SECOND } from '../../runner/fixture.ts';
import { good, opened } from '../../viz/format/trace-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-routes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A burst of 200 bundles at 505 s, of which the first relay can take 105. */
describe('a trace of dtn-plan-lies.yaml', () => {
  let trace: TraceFile;
  const scenario = load('dtn-plan-lies.yaml');

  async function at(seconds: number, name: string): Promise<ReadonlyMap<string, string>> {
    const node = trace.header.nodes.findIndex((each) => each.name === name);
    return good(await trace.stateAt(seconds * SECOND)).get(node) ?? new Map();
  }

  const routes = async (seconds: number, name: string): Promise<RoutesState | undefined> =>
    readTracedState(ROUTES_TRACE, { peer: 'sink' }, await at(seconds, name))?.value;

  const waiting = async (seconds: number, name: string): Promise<WaitingState | undefined> =>
    readSingleTracedState(WAITING_LIST_TRACE, await at(seconds, name))?.value;

  beforeAll(async () => {
    const path = join(folder, 'trace.orr');
    const traced = run(scenario, 1, { recordings: { trace: { path, extent: 'full' } } });
    expect(traced.fingerprint).toBe(run(scenario).fingerprint);
    trace = await opened(new Uint8Array(readFileSync(path)));
  });

  it('has the route that the source took, and that it tried no other while that was best', async () => {
    const before = await routes(104, 'source');
    expect(before?.tried).toEqual([
      { via: 'first', hops: 2, arrivesMs: expect.any(Number), endsMs: 120_000, verdict: 'taken' },
    ]);
    const [best] = before?.tried ?? [];
    // The contact of first with the sink begins at 130 s, and there are few bundles.
    expect(best?.arrivesMs).toBeGreaterThan(130_000);
    expect(best?.arrivesMs).toBeLessThan(132_000);
  });

  it('says that the first relay is full when the source turns to the second', async () => {
    const during = await routes(508, 'source');
    const verdicts = during?.tried.map(({ via, verdict }) => `${via} ${verdict}`);
    expect(verdicts?.[0]).toBe('first no-volume');
    expect(verdicts).toContain('second taken');
    expect(during?.tried.filter(({ verdict }) => verdict === 'taken')).toHaveLength(1);
  });

  it('lists bundles with the reason for which they wait', async () => {
    const queued = await waiting(525, 'source');
    expect(queued).toHaveLength(16);
    expect(queued?.[0]).toEqual({
      source: 'ipn:1.0',
      destination: 'sink',
      sinceMs: expect.any(Number),
      why: 'queue',
    });
    expect(await waiting(599, 'source')).toEqual([]);
  });
});
