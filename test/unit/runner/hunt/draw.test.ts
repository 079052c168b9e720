/** Drawn faults are events that a scenario can state, and end before the quiet time. @module */
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../../../engine/core/stream.ts';
import { drawAttempt, FAULT_KINDS, varyAttempt } from '../../../../runner/hunt/draw.ts';
import { openHuntedScenario } from '../../../../runner/hunt/open-hunted-scenario.ts';
import { parseTimeNs } from '../../../../runner/hunt/scenario-data.ts';
import { EventCheck } from '../../../../runner/injection/event-check.ts';

const hunted = await openHuntedScenario('live-crash.yaml', { topology: 'scion-default.yaml' });
const check = new EventCheck(hunted.scenario, hunted.registry);
const { targets } = hunted;
const draws = (): RandomStream => openRandomStream(1, 'hunt', 'test');

describe('drawn faults', () => {
  it.each(Object.entries(FAULT_KINDS))('of the kind %s are events of a scenario', (_, draw) => {
    const stream = draws();
    for (let count = 0; count < 20; count += 1) {
      const action = draw(stream, targets);
      const { specs } = check.takeAll([{ at: '5s', for: '1s', ...action }]);
      expect(specs, JSON.stringify(action)).toHaveLength(1);
    }
  });

  it.each(Object.entries(FAULT_KINDS))('of the kind %s need something to hit', (_, draw) => {
    const nothing = { ...targets, nodes: [], links: [], forgeries: {}, everyNode: [], senders: [] };
    expect(draw(draws(), nothing)).toBeUndefined();
  });

  it('have ended when the quiet time begins, drawn or varied', () => {
    const stream = draws();
    let attempt = drawAttempt(stream, targets, { isSwarm: true });
    for (let count = 0; count < 300; count += 1) {
      for (const { schedule, action } of check.takeAll(attempt.events).specs) {
        if (schedule.kind !== 'at') throw new Error('a drawn fault has an instant');
        expect(schedule.atNs).toBeGreaterThanOrEqual(targets.fromNs);
        expect(schedule.atNs + lastsNs(schedule, action)).toBeLessThanOrEqual(targets.quietNs);
      }
      attempt =
        count % 3 === 0
          ? drawAttempt(stream, targets, { isSwarm: true })
          : varyAttempt(stream, targets, attempt);
    }
  });

  it('are over when what was sent during a delay has come, if it can come in time', () => {
    const stream = draws();
    const room = targets.quietNs - targets.fromNs;
    const delays = Array.from({ length: 300 }, () => {
      const attempt = drawAttempt(stream, targets, { isSwarm: false });
      return varyAttempt(stream, targets, attempt).events;
    }).flatMap((events) =>
      events.flatMap(({ at, for: lasts, set }) => {
        const delay = parseTimeNs((Object(set) as { readonly delay?: unknown }).delay);
        const endNs = (parseTimeNs(at) ?? 0) + (parseTimeNs(lasts) ?? Infinity);
        return delay === undefined ? [] : [endNs + Math.min(delay, room - 1_000)];
      }),
    );
    expect(delays.length).toBeGreaterThan(20);
    expect(delays.filter((comesNs) => comesNs > targets.quietNs)).toEqual([]);
  });

  it('have one burst at most, which adds what the network can carry in its time to recover', () => {
    const stream = draws();
    let attempt = drawAttempt(stream, targets, { isSwarm: false });
    let count = 0;
    for (let tried = 0; tried < 2_000; tried += 1) {
      attempt =
        tried % 4 === 0
          ? drawAttempt(stream, targets, { isSwarm: false })
          : varyAttempt(stream, targets, attempt);
      const bursts = attempt.events.filter((event) => 'burst' in event);
      expect(bursts.length).toBeLessThan(2);
      for (const event of bursts) {
        count += 1;
        const { times } = event['burst'] as { readonly times: number };
        const room = targets.quietNs - targets.fromNs;
        expect((parseTimeNs(event['for']) ?? Infinity) * times).toBeLessThanOrEqual(room / 10);
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  it.each([
    ['one clock wrong by what the protocols bear, and no second one', targets.clockErrorNs, 1],
    ['no clock wrong where a protocol bears no error', 0, 0],
  ])('leave %s', (_, clockErrorNs, most) => {
    const stream = draws();
    const some = { ...targets, clockErrorNs };
    let attempt = drawAttempt(stream, some, { isSwarm: false });
    const errors = Array.from({ length: 1_000 }, (_, tried) => {
      attempt =
        tried % 4 === 0
          ? drawAttempt(stream, some, { isSwarm: false })
          : varyAttempt(stream, some, attempt);
      const staying = attempt.events.filter((event) => event['for'] === undefined);
      return staying.map(({ clock }) => String((clock as { readonly step: unknown }).step));
    });
    expect(Math.max(...errors.map(({ length }) => length))).toBe(most);
    expect(errors.flat().filter((step) => step.includes('3600'))).toEqual([]);
    expect(errors.flat().includes('-60s')).toBe(most === 1);
  });

  it('leave one flood that the protocols bear, and no faster one', async () => {
    const stream = draws();
    const { targets: flooded } = await openHuntedScenario('dtn-tcpcl.yaml', {});
    let attempt = drawAttempt(stream, flooded, { isSwarm: false });
    const floods = Array.from({ length: 1_000 }, () => {
      attempt = varyAttempt(stream, flooded, attempt);
      const staying = attempt.events.filter((event) => event['for'] === undefined);
      return staying.map(({ flood }) => {
        const { kind, rate } = flood as { readonly kind: string; readonly rate: string };
        return `${kind} ${rate}`;
      });
    });
    expect(Math.max(...floods.map(({ length }) => length))).toBe(1);
    expect(new Set(floods.flat())).toEqual(new Set(['silent-stream 10/s']));
  });

  it('leave most kinds out of each attempt, unless all are asked for', () => {
    const kindsOf = (isSwarm: boolean): number => {
      const stream = draws();
      const counts = Array.from({ length: 200 }, () => {
        const { events } = drawAttempt(stream, targets, { isSwarm });
        return new Set(events.map(actionOf)).size / Math.max(1, events.length);
      });
      return counts.reduce((sum, one) => sum + one, 0) / counts.length;
    };
    expect(kindsOf(true)).toBeLessThan(kindsOf(false) - 0.05);
  });

  it('meet at a few nodes in most of the attempts', () => {
    const stream = draws();
    let few = 0;
    let count = 0;
    while (count < 200) {
      const { events } = drawAttempt(stream, targets, { isSwarm: true });
      const nodes = new Set(events.flatMap(({ crash }) => crash ?? []));
      if (events.filter(({ crash }) => crash !== undefined).length < 4) continue;
      count += 1;
      if (nodes.size <= 3) few += 1;
    }
    expect(few / count).toBeGreaterThan(0.6);
    expect(few / count).toBeLessThan(0.9);
  });

  it('are varied whatever a kept hunt from elsewhere has', () => {
    const stream = draws();
    const strange = { seed: 1, events: [{ link: null }, { crash: [null] }, { set: undefined }] };
    for (let count = 0; count < 50; count += 1) {
      expect(varyAttempt(stream, targets, strange).events.length).toBeGreaterThan(0);
    }
  });

  it('are left out where a kept hunt from elsewhere has something else', () => {
    const strange = [
      { run: './evil.mjs' },
      { at: '1s', crash: 'nobody' },
      { at: 7 },
      { every: '1ns' },
    ];
    expect(check.takeAll(strange)).toEqual({ specs: [], events: [] });
  });

  it('contradict each other rarely: what contradicts an earlier one is left out', () => {
    const link = targets.links[0] ?? '';
    const hold = { at: '5s', for: '2s', link, hold: true };
    const { specs, events } = check.takeAll([hold, { ...hold, at: '6s' }, { ...hold, at: '8s' }]);
    expect(events).toEqual([hold, { ...hold, at: '8s' }]);
    expect(specs).toHaveLength(2);
  });
});

/** A clock that stays wrong is a fault of one instant. */
function lastsNs(
  { forNs }: { readonly forNs?: number },
  { kind }: { readonly kind: string },
): number {
  return forNs ?? (kind === 'clock' ? 0 : Infinity);
}

function actionOf(event: Readonly<Record<string, unknown>>): string {
  const { at: _, for: __, link: ___, ...action } = event;
  return JSON.stringify(Object.entries(action).map(([key, value]) => [key, keysOf(value)]));
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
