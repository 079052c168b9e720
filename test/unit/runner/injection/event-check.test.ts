/** Events from the palette are checked like events in a file. @module */
import { describe, expect, it } from 'vitest';
import { EventCheck } from '../../../../runner/injection/event-check.ts';
import type { EventValues } from '../../../../runner/injection/messages.ts';
import { FAULT_TOOLS, makeScenarioEvent } from '../../../../viz/app/pages/network/palette/tools.ts';
import { load, registry, SECOND } from '../fixture.ts';

const CUT = '[{ at: 20s, for: 10s, link: "core-110 <-> core-310", set: { up: false } }]';
const scenario = load('failover.yaml', { events: CUT });
const check = (): EventCheck => new EventCheck(scenario, registry);
const LINK = 'core-120--core-320';

function reasonOf(event: EventValues, atNs = 10 * SECOND, by = check()): string {
  const checked = by.check(event, atNs);
  return checked.kind === 'refused' ? checked.reason : '';
}

describe('an event from the palette', () => {
  it('gets a name that no event of the file has, and its exact instant', () => {
    const one = check().check({ link: LINK, hold: true, for: '2s' }, 10 * SECOND + 1);
    expect(one).toMatchObject({
      kind: 'fault',
      event: { id: 'palette-1', at: '10000000001ns', link: LINK, hold: true, for: '2s' },
      spec: { id: 'palette-1', schedule: { kind: 'at', atNs: 10 * SECOND + 1, forNs: 2 * SECOND } },
    });
  });

  it.each([
    [{ link: 'core-120--core-999', set: { up: false } }, /there is no link "core-120--core-999"/],
    [{ link: LINK, set: { loss: 1.4 } }, /set\.loss: 1\.4 is above the maximum 1/],
    [{ link: LINK, set: { delay: '5' } }, /set\.delay: .+unit/],
    [{ link: LINK, sett: { up: false } }, /sett/],
    [{ set: { up: false } }, /missing, expected the link to act on/],
    [{ crash: 'nobody' }, /node "nobody" is not in scion-default\.yaml/],
    [{ clock: { node: 'gateway-111' } }, /no change, expected step or drift/],
    [{ link: LINK, set: { up: false }, for: '99s' }, /after the end of the run \(60s\)/],
    [{ link: LINK, set: { up: false }, at: '5s' }, /^at: the run sets the name/],
    [{ random: { up: '1s', down: '1s' }, link: LINK, hold: true }, /^random: the run sets/],
    [{}, /no action, expected one of set, hold/],
  ])('is refused with the words of the loader: %j', (event, reason) => {
    expect(reasonOf(event)).toMatch(reason);
  });

  it('contradicts what the file or an earlier one holds', () => {
    const cut = { link: 'core-110 <-> core-310', set: { up: false }, for: '5s' };
    expect(reasonOf(cut, 22 * SECOND)).toMatch(/link is already down since 20s/);
    const by = check();
    expect(reasonOf(cut, 2 * SECOND, by)).toBe('');
    expect(reasonOf(cut, 4 * SECOND, by)).toMatch(/link is already down since 2s/);
    by.withdraw('palette-1');
    expect(reasonOf(cut, 4 * SECOND, by)).toBe('');
  });

  it('does not begin after the end, and there is a last one', () => {
    expect(reasonOf({ link: LINK, hold: true }, 61 * SECOND)).toMatch(/after the end of the run/);
    const by = check();
    const clock = { clock: { node: 'gateway-111', step: '1ms' } };
    for (let one = 0; one < 200; one += 1) by.check(clock, one);
    expect(reasonOf(clock, 10, by)).toMatch(/^200 faults were injected/);
  });
});

/** Values that a reader must enter. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  partition: { to: 'br-111-1, br-111-2' },
  flood: { kind: 'opening' },
};

describe('the tools of the palette', () => {
  const asChosen = FAULT_TOOLS.filter(({ name }) => name !== 'attack');
  it.each(asChosen.map((tool) => [tool.name, tool] as const))(
    'make an event that a file may hold: %s',
    (_, tool) => {
      const target = tool.target === 'link' ? LINK : 'gateway-111';
      const values = VALUES[tool.name] ?? {};
      const event = makeScenarioEvent(tool, { target, values, length: '1s' });
      expect(reasonOf(event)).toBe('');
      expect(Object.keys(event)).toContain(tool.kind);
      expect(event['for']).toBe('1s');
    },
  );

  it('act on the path in use, one way, and to the end', () => {
    const [cut] = FAULT_TOOLS;
    const target = 'path:gateway-111 -> gateway-211';
    const values = { direction: 'forward' };
    const event = cut === undefined ? {} : makeScenarioEvent(cut, { target, values, length: ' ' });
    expect(event).toEqual({
      link: { activePath: 'gateway-111 -> gateway-211' },
      ...{ set: { up: false }, direction: 'forward' },
    });
    expect(reasonOf(event)).toBe('');
  });
});
