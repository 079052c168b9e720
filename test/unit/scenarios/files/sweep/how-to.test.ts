import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../../../scenarios/folders.ts';
import type { Scenario } from '../../../../../scenarios/model.ts';
import { ProtocolRegistry } from '../../../../../scenarios/open/registry.ts';

const page = readFileSync('docs/how-to/sweeps.md', 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const folder = mkdtempSync(join(tmpdir(), 'orrery-how-to-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loads a shipped scenario with the sweep of an example. */
function load(file: string, example: string, overrides: Record<string, string> = {}): Scenario {
  const text = readFileSync(join('scenarios', file), 'utf8');
  const path = join(folder, 'example.yaml');
  writeFileSync(path, `${text.replace(/^sweep:\n(?: .*\n)+/m, '')}${example}`);
  const registry = new ProtocolRegistry();
  return loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry, overrides });
}

describe('the sweeps of docs/how-to/sweeps.md', () => {
  it.each([
    ['sweeps/failover-detection.yaml', 12],
    ['dtn-bus.yaml', 10],
    ['sweeps/failover-detection.yaml', 40],
  ])('in %s have %i combinations, which all load', (file, count) => {
    const example = examples.find((text) => load(file, text).sweep?.cells.length === count) ?? '';
    const { cells = [], warnings } = load(file, example).sweep ?? {};
    expect(cells).toHaveLength(count);
    expect(warnings).toEqual([]);
    for (const cell of cells) expect(load(file, example, cell).sweep?.cells).toEqual([cell]);
  });

  it('are three', () => {
    expect(examples).toHaveLength(3);
  });

  it('begin with the one that is shipped', () => {
    const shipped = readFileSync('scenarios/sweeps/failover-detection.yaml', 'utf8');
    const bare = (text = ''): string => text.replaceAll(/ *#.*$/gm, '');
    expect(bare(shipped)).toContain(bare(examples[0]));
  });
});
