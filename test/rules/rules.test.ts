/**
 * Every rule works: each planted violation triggers the rule that its file names, and no other. If
 * an update of a tool silences a rule, this test fails.
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grow, type Plant, plants, type Tool } from './planted.ts';
import { findingsOf } from './tool-findings.ts';

const TOOLS: readonly Tool[] = ['depcruise', 'biome', 'knip', 'tsc'];
const all = plants();

describe.each(TOOLS)('%s', (tool) => {
  const planted = all.filter((plant) => plant.tool === tool);
  let folder = '';
  let findings: readonly string[] = [];

  beforeAll(() => {
    folder = grow(planted);
    findings = findingsOf(tool, folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(planted.map((plant) => [plant.name, plant.why, plant] as const))(
    '%s fires: %s',
    (_name, _why, plant) => {
      const paths = [...plant.files.keys(), 'package.json'];
      const here = findings.filter((finding) => paths.some((path) => finding.endsWith(` ${path}`)));
      expect(here).toEqual(expect.arrayContaining([...plant.expected]));
    },
  );

  it('finds what was planted and nothing else', () => {
    expect(findings).toEqual(expectedOf(planted));
  });
});

function expectedOf(planted: readonly Plant[]): readonly string[] {
  return [...new Set(planted.flatMap(({ expected }) => expected))].sort();
}
