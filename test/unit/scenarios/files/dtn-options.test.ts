import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { FileFolder } from '../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

/** One line per issue of a scenario whose node a has these rules of security. */
function refusals(security: string): readonly string[] {
  const path = files.write(
    'scenarios/s.yaml',
    `name: s
duration: 9s
topology:
  name: net
  defaults: { node: { run: dtn } }
  nodes:
    - name: a
      options: { security: { keys: [{ name: hop }], ${security} } }
    - { name: b }
  links: [{ ends: a <-> b, rate: 1Mbit/s, delay: 1ms }]
`,
  );
  try {
    loadScenario({ path, folders: files.folders, registry: new ProtocolRegistry(), overrides: {} });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ line, column, path: at, message, ...issue }) => {
      const marked = issue.sourceLine?.slice(column - 1, issue.endColumn - 1) ?? '';
      return `${line} «${marked}» ${at}: ${message}`;
    });
  }
  return [];
}

describe('mistakes in the security of a node', () => {
  const at = 'topology.nodes[0].options.security';

  it('are told at their place', () => {
    expect(refusals('rules: [{ role: source, block: bib, key: hop }]')).toEqual([]);
    expect(refusals('rules: [{ role: source, block: bib, key: hopp }]')).toEqual([
      `8 «hopp» ${at}.rules[0].key: hopp is none of the keys of this node, there are hop`,
    ]);
    expect(refusals('rules: [{ role: sorce, block: bib, key: hop }]')).toEqual([
      expect.stringContaining(`8 «sorce» ${at}.rules[0].role: `),
    ]);
    expect(refusals('rules: [{ role: source, block: bcb, targets: [primary], key: hop }]')).toEqual(
      [`8 «[primary]» ${at}.rules[0].targets: only the payload can be encrypted`],
    );
    expect(refusals('rules: [], gaurd: bcb')).toEqual([
      expect.stringContaining(`8 «gaurd» ${at}.gaurd: `),
    ]);
  });
});
