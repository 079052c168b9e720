import { describe, expect, it } from 'vitest';
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import { Reconfigurations } from '../../../runner/nodes/reconfigure.ts';
import { makeProtocolStackFinder } from '../../../scenarios/open/nodes.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { load, run } from './fixture.ts';

const OVERLOAD = { overload: { delay: '20ms' } };

/** Changes options of a gateway that takes over `overload`, and keeps what it got. */
function setup(): {
  change: (set: unknown, node?: string) => readonly [string, string];
  reread: (file: Readonly<Record<string, unknown>>) => readonly [string, string];
  got: Record<string, unknown>[];
  forget: () => void;
} {
  const scenario = load('failover.yaml');
  const changes = new Reconfigurations(
    scenario,
    makeProtocolStackFinder(scenario, new ProtocolRegistry()),
  );
  const got: Record<string, unknown>[] = [];
  const handle: NodeHandle = {
    start: () => undefined,
    reconfigure: (options) => {
      got.push(options as Record<string, unknown>);
      return ['overload'];
    },
  };
  const change = (set: unknown, node = 'gateway-111'): readonly [string, string] => {
    const body = typeof set === 'string' ? set : JSON.stringify(set);
    const spec = { node, kind: 'reconfigure', target: '', body, withinNs: 1 };
    const { outcome, text } = changes.change(spec, handle);
    return [outcome, text];
  };
  const reread: ReturnType<typeof setup>['reread'] = (file) => {
    const { outcome, text } = changes.reread('gateway-111', file, handle);
    return [outcome, text];
  };
  return { change, reread, got, forget: () => changes.forget('gateway-111') };
}

describe('a change of options', () => {
  it('gives the node all of its options, and says what it has taken over', () => {
    const { change, got } = setup();
    expect(change(OVERLOAD)).toEqual(['ok', 'overload: applied\n']);
    expect(got[0]).toMatchObject({ overload: { shed: true, delay: 20e6 }, rekey: {} });
  });

  it('adds up, until the node has crashed', () => {
    const { change, got, forget } = setup();
    change(OVERLOAD);
    change({ overload: { shed: false } });
    expect(got[1]).toMatchObject({ overload: { shed: false, delay: 20e6 } });
    expect(change(OVERLOAD)).toEqual(['ok', '']);
    forget();
    change({ overload: { shed: false } });
    expect(got[3]).toMatchObject({ overload: { shed: false, delay: 60e6 } });
  });

  it('names what waits for a restart', () => {
    const { change } = setup();
    expect(change({ ...OVERLOAD, antiReplay: { windowSize: 1_024 } })).toEqual([
      'needs-restart',
      'overload: applied\nantiReplay: needs a restart\n',
    ]);
  });

  it('that the schema refuses changes nothing', () => {
    const { change, got } = setup();
    const [outcome, text] = change({ overload: { delay: 'soon' }, colour: 'red' });
    expect(outcome).toBe('bad-options');
    expect(text).toMatch(/^overload\.delay: .*\n.*colour/);
    for (const set of ['', '[]', 'null', '7', '{']) expect(change(set)[0]).toBe('bad-options');
    expect(change(OVERLOAD, 'nobody')[0]).toBe('bad-options');
    expect(got).toEqual([]);
  });
});

describe('a file that is read again', () => {
  const SHED = { overload: { shed: false } };

  it('left what it had changed before in force when the change was taken back', () => {
    const { reread, got } = setup();
    expect(reread(OVERLOAD)).toEqual(['ok', 'overload: applied\n']);
    expect(reread(SHED)).toEqual(['ok', 'overload: applied\n']);
    expect(got[1]).toMatchObject({ overload: { shed: false, delay: 60e6 } });
    expect(reread({})).toEqual(['ok', 'overload: applied\n']);
    expect(got[2]).toMatchObject({ overload: { shed: true, delay: 60e6 } });
    expect(reread({})).toEqual(['ok', '']);
  });

  it('keeps what events have changed over it, and names again what waits for a restart', () => {
    const { change, reread, got } = setup();
    change(SHED);
    const waits = { ...OVERLOAD, antiReplay: { windowSize: 1_024 } };
    const words = 'antiReplay: needs a restart\n';
    expect(reread(waits)).toEqual(['needs-restart', `overload: applied\n${words}`]);
    expect(got[1]).toMatchObject({ overload: { shed: false, delay: 20e6 } });
    expect(reread(waits)).toEqual(['needs-restart', words]);
    expect(reread(OVERLOAD)).toEqual(['ok', '']);
  });

  it('with options that the schema refuses changes nothing', () => {
    const { reread, got } = setup();
    expect(reread({ colour: 'red' })[0]).toBe('bad-options');
    expect(got).toEqual([]);
  });
});

describe('an event of action reconfigure', () => {
  const events = (set: string): Record<string, string> => ({
    duration: '6s',
    warmup: '2s',
    events: `[{ at: 3s, reconfigure: { node: gateway-111, set: ${set} } }]`,
  });

  it('is carried out, and its outcome stands in the record', () => {
    const { faults, metrics } = run(load('failover.yaml', events('{ overload: { shed: false } }')));
    expect(faults.map(({ kind, answer, text }) => [kind, answer?.outcome, text])).toEqual([
      ['reconfigure', 'ok', 'gateway-111 asked: reconfigure, ok'],
    ]);
    expect(metrics['ask.ok']).toMatchObject({ numerator: 1, denominator: 1 });
  });

  it('with options that a file could not have is refused at its place', () => {
    const place = 'events[0].reconfigure.set.overload.delay';
    expect(() => load('failover.yaml', events('{ overload: { delay: soon } }'))).toThrow(place);
    expect(() => load('failover.yaml', events('{ overlaod: {} }'))).toThrow('overload');
  });

  it('that disagree with another node are refused where that node has its own, and name the event', () => {
    const change = (node: string, layer: string): string =>
      `{ at: 3s, reconfigure: { node: ${node}, set: { layer: ${layer} } } }`;
    const issues = (events: readonly string[], more = {}): readonly string[] => {
      try {
        load('dtn-moon.yaml', { events: `[${events.join()}]`, ...more });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return error.issues.map(({ path, message }) => `${path}: ${message}`);
      }
      return [];
    };
    expect(issues([change('rover', 'ltp'), change('ground', 'udpcl')])).toEqual([
      'nodes[1].options.layer: udpcl meets ltp on ground--relay-1, with the change of events[1]',
      'nodes[2].options.layer: udpcl meets ltp on ground--relay-2, with the change of events[1]',
    ]);
    expect(issues([change('rover', 'udpcl')])[0]).toBe(
      'events[0].reconfigure.set.layer: ltp meets udpcl on relay-1--rover',
    );
    // What the file has without the change is said once.
    const wrong = { 'options.rover': '{ layer: udpcl }' };
    expect(issues([change('relay-1', 'ltp')], wrong)).toEqual(issues([], wrong));
  });
});
