/** Events with the action `ask`: how they are read, and what is rejected. */
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import { scenarioMetrics } from '../../../../scenarios/open/nodes.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { FileFolder } from '../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());
const registry = new ProtocolRegistry();

const TOPOLOGY = `topology:
  name: net
  nodes: [{ name: a, run: bulk }, { name: b, run: ping }]
  links: [{ ends: a <-> b, rate: 1Mbit/s, delay: 1ms }]
`;
const STACK = 'stack: [{ run: fabric, on: a }]\n';

function load(asks: readonly string[], traffic = '', stack = ''): ReturnType<typeof loadScenario> {
  const list = asks.map((ask) => `  - { at: 9s, ask: { ${ask} } }\n`).join('');
  const events = list === '' ? '' : `events:\n${list}`;
  const flows = traffic === '' ? '' : `traffic:\n  - { kind: asks, ${traffic} }\n`;
  const path = files.write(
    'scenarios/s.yaml',
    `name: s\nduration: 60s\n${TOPOLOGY}${stack || STACK}${flows}${events}`,
  );
  return loadScenario({ path, folders: files.folders, registry });
}

const SHIM = fileURLToPath(new URL('../../../fixtures/shim/shim1.ts', import.meta.url));

function refusals(asks: readonly string[], traffic = ''): readonly string[] {
  try {
    load(asks, traffic);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ code, path, message }) => `${code} ${path}: ${message}`);
  }
  return [];
}

describe('an event of action ask', () => {
  it('goes to the uppermost protocol unless it names another, and waits ten seconds', () => {
    const scenario = load([
      'node: a, kind: status',
      'node: a, by: bulk, kind: flush, target: b, body: "7", within: 2s',
      'node: b, by: ping, kind: status',
    ]);
    const rest = { target: '', body: '', withinNs: 10e9 };
    expect(scenario.events.map(({ action }) => action)).toEqual([
      { kind: 'ask', ask: { node: 'a', by: 'fabric', kind: 'status', ...rest } },
      { kind: 'ask', ask: { node: 'a', kind: 'flush', target: 'b', body: '7', withinNs: 2e9 } },
      { kind: 'ask', ask: { node: 'b', kind: 'status', ...rest } },
    ]);
    const names = scenarioMetrics(scenario, registry).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['ask.time', 'ask.ok']));
  });

  it("goes to a user's module by its name or path: a layer was looked for by a path it does not have", async () => {
    await registry.load(SHIM);
    const stack = `stack: [{ run: ${SHIM}, on: a }]\n`;
    const questions = ['', 'by: shim1, ', `by: ${SHIM}, `].map(
      (by) => `node: a, ${by}kind: status`,
    );
    const { events } = load(questions, '', stack);
    const asked = events.map(({ action }) => action.kind === 'ask' && action.ask.by);
    expect(asked).toEqual(['shim1', 'shim1', 'shim1']);
  });

  it('names nodes, protocols and times that exist', () => {
    expect(refusals(['node: c, kind: status', 'node: b, by: fabric, kind: status'])).toEqual([
      'E106 events[0].ask.node: node "c" is not in s.yaml',
      'E106 events[1].ask.by: b does not run "fabric"',
    ]);
    expect(refusals(['node: a', 'node: a, kind: status, within: 0s, until: 7'])).toHaveLength(3);
    // What applications ask is not an operator's question.
    expect(refusals(['node: a, kind: messages', 'node: a, by: bulk, kind: flsh'])).toEqual([
      'E106 events[0].ask.kind: a answers no "messages"',
      'E106 events[1].ask.kind: a answers no "flsh"',
    ]);
  });

  it('may be put to several nodes in turn, as traffic', () => {
    const { asks, traffic } = load([], 'nodes: "*", ask: status, within: 1s, rate: 5/s, stop: 30s');
    const rest = { kind: 'status', target: '', body: '', withinNs: 1e9 };
    expect(traffic).toEqual([]);
    expect(asks).toEqual([
      {
        asks: [
          { node: 'a', by: 'fabric', ...rest },
          { node: 'b', ...rest },
        ],
        ...{ rate: 5, startNs: 0, stopNs: 30e9 },
      },
    ]);
    expect(refusals([], 'nodes: [a, b], by: bulk, ask: status, rate: 5/s')).toEqual([
      'E106 traffic[0].by: b does not run "bulk"',
    ]);
    expect(refusals([], 'nodes: "x*", ask: status, rate: 5/s, start: 99s')).toHaveLength(2);
  });
});
