/**
 * Traces of hosts with layers: who runs what, and drops of layers by their names.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runSeed } from '../../../runner/run/run-seed.ts';
import type { TraceFile } from '../../../viz/format/trace-file.ts';
import { loadText, NETWORKS, textOf } from '../../conformance/stack.ts';
import { opened } from '../viz/format/trace-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-stacked-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function traced(layers: number): Promise<TraceFile> {
  const [network] = NETWORKS;
  if (network === undefined) throw new Error('there are no networks');
  const path = join(folder, `${layers}.orr`);
  const loaded = await loadText(textOf(network, { layers }));
  runSeed({ ...loaded, seed: 1, recordings: { trace: { path, extent: 'full' } } });
  return opened(new Uint8Array(readFileSync(path)));
}

it('names the layers of each node, and every reason for which one may drop', async () => {
  const { header } = await traced(2);
  expect(header.nodes.map(({ name, protocol, layers }) => [name, protocol, layers])).toEqual([
    ['alice', 'datagram', ['shim1', 'shim2']],
    ['bob', 'datagram', ['shim1', 'shim2']],
  ]);
  for (const reason of ['unknown-peer', 'unmarked', 'no-upper-layer']) {
    expect(header.reasons.filter((name) => name === reason)).toHaveLength(1);
  }
});

it('leaves the header of hosts with one protocol as it was', async () => {
  const { header } = await traced(0);
  expect(header.nodes.every((node) => !('layers' in node))).toBe(true);
  expect(header.reasons).not.toContain('no-upper-layer');
});
