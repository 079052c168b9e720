/**
 * Runs a published topology file with control services, and counts the paths that they discover.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, report, run } from '../unit/runner/fixture.ts';

/** What control services found within 20 s: the pairs of ASes with a path, and all pairs. @param topo Text of the file. */
export function discoverImported(
  topo: string,
  { signatures = 'modelled', crypto = 'modelled' } = {},
): { readonly found: number; readonly all: number } {
  const ases = [...topo.matchAll(/^ {2}"(\S+)":/gm)].map(([, id]) => id);
  const folder = mkdtempSync(join(tmpdir(), 'orrery-imported-'));
  const file = join(folder, 'scenario.yaml');
  writeFileSync(join(folder, 'net.topo'), topo);
  writeFileSync(
    file,
    `
name: imported
topology: { name: imported, import: { scion: { file: net.topo, control: true } } }
duration: 20s
warmup: 0s
crypto: ${crypto}
options: { control-service: { watch: ${JSON.stringify(ases)}, signatures: ${signatures} } }
kpis: { control.discovery: { count: ">= 1" } }
`,
  );
  const scenario = load(file);
  rmSync(folder, { recursive: true });
  const found = report(scenario, [run(scenario)]).metrics['control.discovery']?.count ?? 0;
  return { found, all: ases.length * (ases.length - 1) };
}
