/** Which events can be injected. @module */
import { describe, expect, it } from 'vitest';
import { findInjectionObstacle, listInjectableKinds } from '../../../../runner/injection/kinds.ts';
import { ACTION_KEYS } from '../../../../scenarios/files/events/actions.ts';
import { openScenario } from '../../../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';
import { load } from '../fixture.ts';

const FORGERIES = { 'gateway-111': ['opening', 'frame'], 'gateway-211': ['opening'] };

describe('the kinds of events that can be injected', () => {
  it('are all of the scenario language, those that are not possible with the reason', () => {
    const kinds = listInjectableKinds(load('failover.yaml'), FORGERIES);
    expect(kinds.map(({ kind }) => kind)).toEqual(ACTION_KEYS);
    const barred = kinds.filter(({ bar }) => bar !== undefined);
    expect(barred.map(({ kind }) => kind)).toEqual(['attack']);
  });

  it('a flood was offered on nodes that nobody can forge for: only those that list forgeries', async () => {
    const { scenario, forgeries } = await openScenario('failover.yaml', {}, new ProtocolRegistry());
    const offer = listInjectableKinds(scenario, forgeries).find(({ kind }) => kind === 'flood');
    const all = scenario.topology.hosts.map(({ name }) => name);
    expect(offer?.targets).toEqual(all);
    expect(Object.keys(offer?.forgeries ?? {})).toEqual(all);
    expect(offer?.forgeries?.['gateway-111']).toContain('opening');
    expect(offer?.forgeries?.['core-110']).toEqual(['hop-field']);
    const found = await openScenario('scion-beaconing.yaml', {}, new ProtocolRegistry());
    const some = listInjectableKinds(found.scenario, found.forgeries);
    const targets = some.find(({ kind }) => kind === 'flood')?.targets ?? [];
    const services = found.scenario.topology.hosts.filter(({ name }) => !targets.includes(name));
    expect(services.map(({ protocol }) => protocol)).toEqual(Array(16).fill('control-service'));
    const none = listInjectableKinds(load('hello.yaml'), {}).find(({ kind }) => kind === 'flood');
    expect(none).toEqual({ kind: 'flood', bar: 'no protocol of this run lists forgeries' });
  });

  it('a crash or a clock is offered on nodes of ours alone', () => {
    const scenario = load('emulate-outside.yaml');
    const own = scenario.topology.hosts.filter(({ outside }) => outside === undefined);
    for (const kind of ['crash', 'clock'] as const) {
      const offer = listInjectableKinds(scenario, {}).find((one) => one.kind === kind);
      if (own.length === 0) expect(offer?.bar).toContain(`no ${kind} reaches one`);
      else expect(offer?.targets).toEqual(own.map(({ name }) => name));
    }
  });

  it('do not reach a program outside', () => {
    const scenario = load('emulate-outside.yaml');
    const hosts = scenario.topology.hosts;
    const program = hosts.find(({ outside }) => outside !== undefined)?.name ?? '';
    const own = hosts.find(({ outside }) => outside === undefined)?.name ?? '';
    const crash = (node: string): string | undefined =>
      findInjectionObstacle({ kind: 'crash', nodes: [own, node], store: 'synced' }, scenario);
    expect(crash(program)).toBe(`${program} is an outside program: no crash reaches it`);
    expect(crash(own)).toBeUndefined();
    const [link] = scenario.topology.links;
    const links = { kind: 'ids', ids: [link?.id ?? ''] } as const;
    expect(findInjectionObstacle({ kind: 'hold-link', links }, scenario)).toBeUndefined();
  });
});
