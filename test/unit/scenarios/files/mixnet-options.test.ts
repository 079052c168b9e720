import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { FileFolder } from '../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());
const registry = new ProtocolRegistry();

const GENERATE = 'kind: mixnet, layers: 2, width: 1, providers: 1, clients: 2';
const NET = 'name: net\n  defaults: { node: { run: mixnet } }';
const inside = (generate: string, net = NET): string =>
  `name: s\nduration: 9s\ntopology:\n  ${net}\n  generate: { ${generate} }\n`;

function load(text: string, overrides: Readonly<Record<string, string>> = {}): Scenario {
  const path = files.write('scenarios/s.yaml', text);
  return loadScenario({ path, folders: files.folders, registry, overrides });
}

/** One line per issue: file, position, path, message, and then its hint. */
function refusals(
  text: string,
  overrides: Readonly<Record<string, string>> = {},
): readonly string[] {
  try {
    load(text, overrides);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ file, line, column, path, message, hint, ...issue }) => {
      const marked = issue.sourceLine?.slice(column - 1, issue.endColumn - 1) ?? '';
      const where = file === '--set' ? file : `${line}`;
      const fix = hint === undefined ? '' : ` (${hint})`;
      return `${where} «${marked}» ${path}: ${message}${fix}`;
    });
  }
  return [];
}

describe('mistakes in a topology inside a scenario', () => {
  it('are told once, though scenario and topology are checked both', () => {
    expect(refusals(inside(GENERATE.replace('layers: 2', 'layers: 0')))).toEqual([
      '6 «0» topology.generate.layers: 0 is below the minimum 1',
    ]);
    expect(refusals(inside(GENERATE, 'description: nameless'))).toEqual([
      '3 «topology» topology.name: missing, expected a name such as scion-default',
    ]);
  });
});

describe('options of a generated mixnet', () => {
  const MIXING = 'options:\n  mixnet: { mixing: { strategy: poisson, slack: 1s } }\n';
  const MISSING = 'options.mixnet.mixing.mean: missing, expected a text or a number';

  it('that a flag left incomplete are told once and at the flag', () => {
    const set = { 'options.mixnet.mixing.strategy': 'constant' };
    expect(refusals(inside(GENERATE), set)).toEqual([`--set «constant» ${MISSING}`]);
    expect(refusals(inside(GENERATE) + MIXING, set)).toEqual([`--set «constant» ${MISSING}`]);
  });

  it('that the file left incomplete are told once and where they stand', () => {
    const text = inside(GENERATE) + MIXING.replace('poisson', 'constant');
    expect(refusals(text)).toEqual([`8 «mixing» ${MISSING}`]);
    // A flag that did not choose the strategy is not blamed for a mistake.
    const set = { 'options.mixnet.mixing.slack': '2s' };
    expect(refusals(text, set)).toEqual([`8 «mixing» ${MISSING}`]);
  });

  it('that the defaults of the topology left incomplete are told once and there', () => {
    const net =
      'name: net\n  defaults: { node: { run: mixnet, options: { mixing: { strategy: uniform } } } }';
    expect(refusals(inside(GENERATE, net))).toEqual([
      '5 «mixing» topology.defaults.node.options.mixing.mean: missing, expected a text or a number',
    ]);
  });

  it('of a node that stands in the list beside the generated ones are shown in that list', () => {
    const node =
      '  nodes: [{ name: extra, options: { role: mix, mixing: { strategy: constant } } }]\n';
    expect(refusals(inside(GENERATE) + node)).toEqual([
      '7 «mixing» topology.nodes[0].options.mixing.mean: missing, expected a text or a number',
    ]);
  });

  it('with a typing mistake below another option get a suggestion', () => {
    const hints = (path: string): readonly string[] =>
      refusals(inside(GENERATE), { [`options.mixnet.${path}`]: '3s' });
    expect(hints('rates.delai')[0]).toContain('unknown key (did you mean delay?)');
    expect(hints('client.retrieve.intervall')[0]).toContain('(did you mean interval?)');
    const mixing = inside(GENERATE) + MIXING.replace('slack', 'slak');
    expect(refusals(mixing)).toEqual([
      '8 «slak» options.mixnet.mixing.slak: unknown key (did you mean slack?)',
    ]);
    // Only the strategy that was meant is checked.
    const mean = inside(GENERATE) + MIXING.replace('slack', 'fractoin');
    expect(refusals(mean)[0]).toContain('(keys: strategy, queueLimit, slack, maxDelay)');
  });

  it('may not contradict what the generator made of a node', () => {
    const says = 'was generated with';
    const hint = 'the generated links depend on it; leave it out, or change generate';
    expect(refusals(`${inside(GENERATE)}options:\n  mix-1-1: { role: client }\n`)).toEqual([
      `8 «client» options.mix-1-1.role: "client", but mix-1-1 ${says} "mix" (${hint})`,
    ]);
    expect(refusals(inside(GENERATE), { 'options.mixnet.layers': '3' })).toEqual([
      `--set «3» options.mixnet.layers: 3, but authority ${says} 2 (${hint})`,
    ]);
    expect(refusals(`${inside(GENERATE)}options:\n  mix-1-1: { role: mix }\n`)).toEqual([]);
  });

  it('may not ask for audits of delays that no random function decides', () => {
    const mixing = (strategy: string, audit: string): readonly string[] =>
      refusals(
        `${inside(GENERATE)}options:\n  mixnet: { mixing: { strategy: ${strategy} }, vrfAudit: ${audit} }\n`,
      );
    expect(mixing('threshold', '{ enabled: true }')).toEqual([
      '8 «true» options.mixnet.vrfAudit.enabled: needs mixing: { strategy: vrf-exp }, with other strategies the packet does not determine the delay, so nothing could be audited',
    ]);
    expect(mixing('vrf-exp', '{ enabled: true }')).toEqual([]);
    expect(mixing('threshold', '{ enabled: false }')).toEqual([]);
    expect(mixing('threshold', '{ transit: 5ms }')).toEqual([]);
  });

  it('may not let one hop mix by batches where all others draw their delays by VRF', () => {
    const set = (more: string): readonly string[] =>
      refusals(`${inside(GENERATE)}options:\n  mixnet: { mixing: { strategy: vrf-exp } }\n${more}`);
    expect(set('  mix-2-1: { mixing: { strategy: threshold } }\n')).toEqual([
      '9 «threshold» options.mix-2-1.mixing.strategy: mix-2-1 mixes by threshold, but provider-1 and ' +
        '3 more by vrf-exp (vrf-exp, or another strategy for the whole network: vrf-exp works only if all nodes use it)',
    ]);
    expect(set('  mix-2-1: { mixing: { strategy: vrf-exp, law: uniform } }\n')).toEqual([
      '9 «uniform» options.mix-2-1.mixing.law: mix-2-1 draws uniform delays, but provider-1 and ' +
        '3 more exponential ones (exponential: auditing a delay needs the same law on all hops)',
    ]);
    // The authority does not delay messages.
    expect(set('  authority: { mixing: { strategy: threshold } }\n')).toEqual([]);
    expect(set('')).toEqual([]);
  });

  it('blame the only hop that draws delays by VRF, and leave mixed batches alone', () => {
    const set = (strategy: string): readonly string[] =>
      refusals(`${inside(GENERATE)}options:\n  mix-2-1: { mixing: { strategy: ${strategy} } }\n`);
    expect(set('vrf-exp')).toEqual([
      '8 «vrf-exp» options.mix-2-1.mixing.strategy: mix-2-1 mixes by vrf-exp, but provider-1 and ' +
        '3 more by poisson (poisson, or another strategy for the whole network: vrf-exp works only if all nodes use it)',
    ]);
    expect(set('threshold')).toEqual([]);
  });

  it('refuse rates of one node, which would be ignored: the document of the authority has them', () => {
    const at = (who: string): readonly string[] =>
      refusals(`${inside(GENERATE)}options:\n  ${who}: { rates: { payload: 5/s } }\n`);
    expect(at('client-2')).toEqual([
      '8 «5/s» options.client-2.rates.payload: client-2 has a rate of its own, but all nodes take rates from the ' +
        'document of authority (rates at authority, or in options.mixnet of the scenario for all nodes)',
    ]);
    expect(at('authority')).toEqual([]);
    expect(at('mixnet')).toEqual([]);
  });
});
