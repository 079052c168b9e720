/** Which events can be injected. @module */
import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../../../scenarios/files/events.ts';
import { kindsOf, obstacleTo } from '../../../../../scenarios/runner/palette/kinds.ts';
import { load } from '../fixture.ts';

describe('the kinds of events that can be injected', () => {
  it('are all of the scenario language, those that are not possible with the reason', () => {
    expect(kindsOf().map(({ kind }) => kind)).toEqual(ACTIONS);
    const barred = kindsOf().filter(({ bar }) => bar !== undefined);
    expect(barred.map(({ kind }) => kind)).toEqual(['attack']);
  });

  it('do not reach a program outside', () => {
    const scenario = load('emulate-outside.yaml');
    const hosts = scenario.topology.hosts;
    const program = hosts.find(({ outside }) => outside !== undefined)?.name ?? '';
    const own = hosts.find(({ outside }) => outside === undefined)?.name ?? '';
    const crash = (node: string): string | undefined =>
      obstacleTo({ kind: 'crash', node, store: 'synced' }, scenario);
    expect(crash(program)).toBe(`${program} is a program outside: no crash reaches it`);
    expect(crash(own)).toBeUndefined();
    const [link] = scenario.topology.links;
    const links = { kind: 'ids', ids: [link?.id ?? ''] } as const;
    expect(obstacleTo({ kind: 'hold-link', links }, scenario)).toBeUndefined();
  });
});
