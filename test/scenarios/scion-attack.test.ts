/** A hostile AS (scion-attack.yaml): what each of its lies comes to. */
import { describe, expect, it } from 'vitest';
import { load, run } from '../unit/runner/fixture.ts';

const SHORT = {
  duration: '12s',
  warmup: '0s',
  traffic: '[]',
  events: '[]',
  kpis: '{ control.beacons_received: { count: ">= 1" } }',
};

/** Drops of what an AS may send, by their names, and the beacons that were taken without effect. */
function refusedIn(kinds: readonly string[]): Readonly<Record<string, number>> {
  const attack = JSON.stringify({ kinds });
  const { nodeDrops, metrics } = run(
    load('scion-attack.yaml', { ...SHORT, 'options.control-1-1.attack': attack }),
  );
  const known = metrics['control.beacons_known'];
  const drops = Object.entries(nodeDrops).filter(([name]) =>
    /^(beacon|signature|segment)-/.test(name),
  );
  return {
    ...Object.fromEntries(drops),
    known: known?.kind === 'counter' ? known.value : 0,
  };
}

describe('a hostile AS', () => {
  const peaceful = refusedIn([]);

  it('that does nothing is refused nothing', () => {
    expect(Object.keys(peaceful)).toEqual(['known']);
  });

  it.each([
    ['expired', 'beacon-expired'],
    ['false-signature', 'signature-invalid'],
    ['spliced', 'beacon-unlinked'],
    ['lying-registration', 'signature-key'],
  ])('has what is %s refused as %s, and as nothing else', (kind, drop) => {
    const { known, ...drops } = refusedIn([kind]);
    expect(Object.keys(drops)).toEqual([drop]);
    expect(drops[drop]).toBeGreaterThan(15);
    expect(known).toBe(peaceful['known']);
  });

  it('that sends a beacon again does not make it last longer', () => {
    const { known = 0, ...drops } = refusedIn(['replayed']);
    expect(drops).toEqual({});
    expect(known).toBeGreaterThan((peaceful['known'] ?? 0) + 15);
  });
});

describe('forged hop fields', () => {
  it('never pass a router, which refuses each as hop-mac', () => {
    const events =
      '[{ at: 1s, flood: { to: core-1-2, as: control-1-2, kind: hop-field, rate: 50/s } }]';
    const { nodeDrops } = run(load('scion-attack.yaml', { ...SHORT, events }));
    // From 1 s to the end of the drain at 13 s.
    expect(nodeDrops['hop-mac']).toBe(600);
  });
});

describe('forged messages that a link is down', () => {
  it('are each refused by a gateway as scmp-quote, and move nothing', () => {
    const events =
      '[{ at: 5s, flood: { to: gateway-1-3, as: gateway-2-3, kind: interface-down, rate: 50/s } }]';
    const [peace, attacked] = ['[]', events].map((own) =>
      run(load('scion-attack.yaml', { ...SHORT, events: own })),
    );
    const quotes = [attacked, peace].map((each) => each?.nodeDrops['scmp-quote'] ?? 0);
    // From 5 s to the end of the drain at 13 s; before, routers return answers over links that are not up yet.
    expect((quotes[0] ?? 0) - (quotes[1] ?? 0)).toBe(400);
    expect(attacked?.metrics['gateway.scmp']).toMatchObject({ value: 400 });
    expect(attacked?.metrics['gateway.fault_switches']).toMatchObject({ value: 0 });
  });
});
