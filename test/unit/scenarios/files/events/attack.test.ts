/** Events with the action `attack`: how they are read, and what is rejected. */
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../../../scenarios/files/load.ts';
import type { Scenario } from '../../../../../scenarios/model.ts';
import { ProtocolRegistry } from '../../../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../../../topologies/files/config-error.ts';
import { FileFolder } from '../../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());
const registry = new ProtocolRegistry();

const TOPOLOGY = `topology:
  name: net
  defaults: { node: { run: mixnet } }
  nodes: [{ name: loner, run: ping }]
  generate: { kind: mixnet, layers: 2, width: 1, providers: 2, clients: 2 }
`;

function load(events: readonly string[], more = ''): Scenario {
  const list = events.map((event) => `  - { ${event} }\n`).join('');
  const text = `name: s\nduration: 60s\n${TOPOLOGY}events:\n${list}${more}`;
  const path = files.write('scenarios/s.yaml', text);
  return loadScenario({ path, folders: files.folders, registry });
}

function refusals(events: readonly string[], more = ''): readonly string[] {
  try {
    load(events, more);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ code, path, message }) => `${code} ${path}: ${message}`);
  }
  return [];
}

const replay = (node: string): string =>
  `at: 9s, attack: { kind: replay, node: ${node}, every: 500ms, after: 1s }`;
const tagging = (more: string): string =>
  `at: 9s, attack: { kind: tagging, node: mix-1-1, every: 1s, ${more} }`;

describe('an event of action attack', () => {
  it('becomes what an adversary is told, with names for patterns', () => {
    const { events } = load([
      replay('mix-2-1'),
      tagging('last: ["provider-*"], sign: payload-tag'),
      tagging('last: [provider-1], part: header').replace('mix-1-1', 'mix-2-1'),
      'every: 20s, for: 4s, attack: { kind: n_minus_one, node: mix-1-1, drain: 1s, watch: 1s, own: [client-2] }',
      'every: 20s, for: 4s, attack: { kind: n_minus_one, node: mix-2-1, drain: 0s, watch: 1s, others: hold }',
    ]);
    const last = ['provider-1', 'provider-2'];
    const tag = { kind: 'tagging', node: 'mix-1-1', everyNs: 1e9 };
    expect(events.map(({ action }) => action)).toEqual(
      [
        { kind: 'replay', node: 'mix-2-1', everyNs: 5e8, afterNs: 1e9 },
        { ...tag, part: 'payload', last, sign: 'payload-tag' },
        { ...tag, node: 'mix-2-1', part: 'header', last: ['provider-1'] },
        {
          kind: 'n_minus_one',
          node: 'mix-1-1',
          drainNs: 1e9,
          watchNs: 1e9,
          others: 'drop',
          own: ['client-2'],
        },
        { kind: 'n_minus_one', node: 'mix-2-1', drainNs: 0, watchNs: 1e9, others: 'hold', own: [] },
      ].map((attack) => ({ kind: 'attack', attack })),
    );
  });

  it('asks for the measurement of privacy, with a limit on its success or without', () => {
    const asked = ['privacy.attack.replay.success'];
    expect(load([replay('mix-1-1')]).privacy?.asked).toEqual(asked);
    const limit = 'kpis: { privacy.attack.replay.success: { value: "== 0%" } }\n';
    expect(load([replay('mix-1-1')], limit).privacy?.asked).toEqual(asked);
  });

  it('names nodes that are there, and carry messages', () => {
    expect(refusals([replay('mix-9')])).toEqual([
      'E106 events[0].attack.node: node "mix-9" is not in s.yaml',
    ]);
    expect(refusals([replay('loner')])).toEqual([
      'E124 events[0].attack.node: loner runs ping, which does not expose its messages',
    ]);
    expect(refusals([tagging('last: [provider-9]')])).toEqual([
      'E106 events[0].attack.last[0]: node "provider-9" is not in s.yaml',
    ]);
    expect(refusals([tagging('last: ["mux-*"]')])).toEqual([
      'E124 events[0].attack.last[0]: pattern "mux-*" matches no node',
    ]);
    expect(refusals([tagging('last: [provider-1], sign: payload-tog')])).toEqual([
      'E106 events[0].attack.sign: "payload-tog" is not a drop reason of provider-1',
    ]);
  });

  it('stands once at a node at a time', () => {
    expect(refusals([replay('mix-1-1'), replay('mix-1-1')])).toEqual([
      'E112 events[1]: node is already under this attack since 9s (line 9)',
    ]);
    expect(refusals([replay('mix-1-1'), tagging('last: [provider-1]')])).toEqual([]);
  });

  it('is missed where a limit is set on the success of an attack that nobody carries out', () => {
    const limits = ['n_minus_one', 'tagging', 'replay', 'correlation'].map(
      (name) => `  privacy.attack.${name}.success: { value: "<= 50%" }\n`,
    );
    expect(refusals([replay('mix-1-1')], `kpis:\n${limits.join('')}`)).toEqual([
      'E121 kpis.privacy.attack.n_minus_one.success: no event performs the attack n_minus_one',
      'E121 kpis.privacy.attack.tagging.success: no event performs the attack tagging',
    ]);
  });
});
