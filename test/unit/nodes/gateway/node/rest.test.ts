import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { MultipathController } from '../../../../../nodes/gateway/multipath/controller.ts';
import { EXPIRY_MARGIN_NS } from '../../../../../nodes/gateway/multipath/managed-path.ts';
import { ReferenceController } from '../../../../../nodes/gateway/multipath/reference.ts';
import type {
  ControllerEffect,
  PathController,
} from '../../../../../nodes/gateway/multipath/types.ts';
import { fakePath, MS, OPTIONS } from '../multipath/wire.ts';

const END = 3_000 * MS;
const draws = (): ReturnType<typeof openRandomStream> =>
  openRandomStream(1, 'gateway-111', 'multipath');

interface Probe {
  readonly at: number;
  readonly path: number;
  readonly probe: number;
}

/**
 * Ticks a controller whenever it asks for it, and answers each probe after the RTT of its path
 * while `answers` is true. The check ends a controller that would otherwise tick forever.
 */
function live(
  controller: PathController,
  rttNs: number,
  answers: (path: number, now: number) => boolean,
): number {
  let ticks = 0;
  let waiting: Probe[] = [];
  const note = (now: number, effects: readonly ControllerEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === 'probe') waiting.push({ at: now + rttNs, ...effect });
    }
  };
  for (let now = 0; now < END; ) {
    const next = Math.min(controller.deadline(), ...waiting.map(({ at }) => at));
    now = Math.max(now, next);
    const due = waiting.filter(({ at }) => at <= now);
    waiting = waiting.filter(({ at }) => at > now);
    for (const { path, probe } of due) {
      if (answers(path, now)) note(now, controller.answered(now, path, probe));
    }
    if (controller.deadline() <= now) {
      note(now, controller.tick(now));
      ticks += 1;
      expect(controller.deadline(), `after the tick at ${now} ns`).toBeGreaterThan(now);
    }
  }
  return ticks;
}

describe('a controller comes to rest after each tick', () => {
  it('also when the only path that answered dies before the first choice', () => {
    const controller = new MultipathController(0, OPTIONS, draws());
    // Its hop fields expire 60 ms after the start, before any probe can be missed.
    const dies = fakePath('dies', 1, { expiresAt: EXPIRY_MARGIN_NS + 60 * MS });
    controller.setPaths(0, [dies.info, fakePath('mute', 10).info]);
    const ticks = live(controller, MS, (path, now) => path === 0 && now < 60 * MS);
    expect(controller.active).toBe(-1);
    expect(ticks).toBeLessThan(300);
  });

  it.each([
    ['ours', MultipathController],
    ['those of the reference', ReferenceController],
  ] as const)('whatever answers and whatever does not, with rules of %s', (_name, Controller) => {
    const silence = fc.array(fc.tuple(fc.nat(3), fc.nat(3_000), fc.nat(1_500)), { maxLength: 6 });
    fc.assert(
      fc.property(silence, fc.integer({ min: 1, max: 200 }), (outages, rttMs) => {
        const controller = new Controller(0, OPTIONS, draws());
        const infos = [0, 1, 2].map((i) => fakePath(`p${i}`, rttMs).info);
        controller.setPaths(0, infos);
        const ticks = live(controller, rttMs * MS, (path, now) =>
          outages.every(
            ([out, from, length]) => out !== path || now < from * MS || now >= (from + length) * MS,
          ),
        );
        expect(ticks).toBeLessThan(2_000);
      }),
      { numRuns: 60 },
    );
  });
});
