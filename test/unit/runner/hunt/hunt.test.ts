/** A hunt finds what faults break, the same each time, and goes on from where it was. @module */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Attempt, AttemptOutcome } from '../../../../runner/hunt/attempt.ts';
import {
  FRESH_HUNT,
  type HuntState,
  HuntStoppedError,
  huntForBreaks,
} from '../../../../runner/hunt/hunt.ts';
import { readHuntState, writeHuntState } from '../../../../runner/hunt/kept-hunt.ts';
import { openHuntedScenario } from '../../../../runner/hunt/open-hunted-scenario.ts';
import { AttemptTrier } from '../../../../runner/hunt/try-attempt.ts';
import { Refusal } from '../../../../scenarios/refusal.ts';
import { crashingRun } from '../crash/crashing-run.ts';

const RECEIPT = fileURLToPath(new URL('../../../fixtures/receipt/receipt.yaml', import.meta.url));
const BARE = { topology: 'bare-link.yaml', 'stack.0.on': '*', 'traffic.0.stop': '12s' };
const prepared = await openHuntedScenario(RECEIPT, BARE);
const trier = new AttemptTrier(prepared);
const tryOne = async (attempt: Attempt): Promise<AttemptOutcome> =>
  await Promise.resolve(trier.try(attempt));
const folder = mkdtempSync(join(tmpdir(), 'orrery-hunt-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function hunted(
  attempts: number,
  from: HuntState = FRESH_HUNT,
  more: Partial<Parameters<typeof huntForBreaks>[0]> = {},
): Promise<HuntState> {
  return await huntForBreaks({
    ...{ seed: 1, targets: prepared.targets, isGuided: true, from, tryOne },
    onBatch: () => undefined,
    isOver: ({ tried, breaks }) => tried >= attempts || breaks.length > 0,
    ...more,
  });
}

const THIS = { of: 'this', program: 'one' };
const BREAK = { kind: 'recover', place: 'x', text: 'always so' } as const;

describe('a hunt', () => {
  it('finds the crash after which a message is delivered twice', async () => {
    const { breaks, known } = await hunted(400);
    expect(known).toEqual([]);
    expect(breaks).toMatchObject([
      { found: { kind: 'always', place: 'receipt.duplicates count == 0' } },
    ]);
    const [{ attempt } = { attempt: { events: [] } }] = breaks;
    expect(attempt.events.length).toBeGreaterThan(0);
  });

  it('finds the same with the same seed, and goes on as if it had never stopped', async () => {
    const whole = await hunted(48, FRESH_HUNT, { isOver: ({ tried }) => tried >= 48 });
    const half = await hunted(24, FRESH_HUNT, { isOver: ({ tried }) => tried >= 24 });
    writeHuntState(folder, THIS, half);
    const rest = await hunted(48, readHuntState(folder, THIS), {
      isOver: ({ tried }) => tried >= 48,
    });
    expect(rest).toEqual(whole);
    expect(readHuntState(folder, { ...THIS, of: 'that' })).toBe(FRESH_HUNT);
    const broken = { attempt: { seed: 1, events: [] }, found: BREAK, number: 1 };
    writeHuntState(folder, THIS, { ...whole, breaks: [broken] });
    expect(readHuntState(folder, { ...THIS, program: 'newer' })).toEqual({ ...whole, breaks: [] });
    const twoLines = { ...BREAK, place: 'x\nstack: [{ on: "*", run: ./evil.mjs }]' };
    writeHuntState(folder, THIS, { ...whole, breaks: [{ ...broken, found: twoLines }] });
    expect(readHuntState(folder, THIS)).toBe(FRESH_HUNT);
    writeFileSync(join(folder, 'hunt.json'), '{"of":"this"');
    expect(readHuntState(folder, THIS)).toBe(FRESH_HUNT);
  });

  it('took the attempt that was given up at Ctrl-C for a run with another fingerprint', async () => {
    const before = await hunted(8);
    let left = 3;
    const more = {
      tryOne: async (attempt: Attempt): Promise<AttemptOutcome> => {
        left -= 1;
        if (left < 0) throw new HuntStoppedError();
        return await tryOne(attempt);
      },
    };
    expect(await hunted(16, before, more)).toEqual(before);
  });

  it('varies what reached something new, and nothing if it is not guided', async () => {
    const seen: Attempt[] = [];
    const more = {
      tryOne: async (attempt: Attempt): Promise<AttemptOutcome> => {
        seen.push(attempt);
        const base = { events: attempt.events, fingerprint: 'f', engineEvents: 1, wallMs: 1 };
        return await Promise.resolve({
          ...base,
          breaks: [],
          reached: [`${attempt.events.length}`],
        });
      },
    };
    const { corpus, lastNew } = await hunted(80, FRESH_HUNT, more);
    expect(corpus.attempts.length).toBe(corpus.reached.length);
    expect(lastNew).toBeGreaterThan(0);
    const seeds = new Set(seen.map(({ seed }) => seed));
    // Varied attempts mostly keep the seed of the run.
    expect(seeds.size).toBeLessThan(0.75 * seen.length);
    seen.length = 0;
    await hunted(80, FRESH_HUNT, { ...more, isGuided: false });
    expect(new Set(seen.map(({ seed }) => seed)).size).toBe(81);
  });

  it('names two runs of one attempt that differ', async () => {
    let count = 0;
    const { breaks } = await hunted(8, FRESH_HUNT, {
      tryOne: async ({ events }) => {
        count += 1;
        const base = { events, breaks: [], reached: [], engineEvents: 1, wallMs: 1 };
        return await Promise.resolve({ ...base, fingerprint: `${count}` });
      },
    });
    expect(breaks.map(({ found }) => found.kind)).toEqual(['fingerprint']);
  });

  it('finds what is behind a break that is known', async () => {
    const behind = { ...BREAK, place: 'y' };
    const { breaks, known } = await hunted(16, FRESH_HUNT, {
      tryOne: async ({ events }) => {
        const base = { events, reached: [], engineEvents: 1, wallMs: 1, fingerprint: 'f' };
        return await Promise.resolve({
          ...base,
          breaks: events.length === 0 ? [BREAK] : [BREAK, behind],
        });
      },
    });
    expect([breaks.map(({ found }) => found.place), known]).toEqual([['y'], ['recover x']]);
  });

  it('finds nothing that the scenario without faults shows', async () => {
    const { breaks, known } = await hunted(16, FRESH_HUNT, {
      tryOne: async ({ events }) => {
        const base = { events, reached: [], engineEvents: 1, wallMs: 1, fingerprint: 'f' };
        return await Promise.resolve({ ...base, breaks: [BREAK] });
      },
    });
    expect([breaks, known]).toEqual([[], ['recover x']]);
  });
});

describe('an attempt', () => {
  it('is judged by what must always hold from the first instant on, and by what recovers later', () => {
    // A receipt is lost every 400 ms, and the next crash comes before the message is repeated.
    const crashes = [1, 2, 3, 4].map((second) => ({
      at: `${second}s`,
      for: '1ms',
      crash: 'gateway-211',
    }));
    const { fromNs, quietNs } = prepared.targets;
    expect([fromNs, quietNs, prepared.scenario.warmupNs, prepared.scenario.durationNs]).toEqual(
      [0, 6, 9, 12].map((seconds) => seconds * 1e9),
    );
    // In the time before the warm-up ends, although that is reset then.
    expect(trier.try({ seed: 1, events: crashes }).breaks[0]?.kind).toBe('always');
    const cut = { at: '1s', for: '11s', link: prepared.targets.links[0], set: { up: false } };
    expect(trier.try({ seed: 1, events: [cut] }).breaks[0]?.kind).toBe('recover');
    expect(trier.try({ seed: 1, events: [] }).breaks).toEqual([]);
  });

  it.each(['throws', 'drop'])('names a crash by its line: %s', async (way) => {
    const { file, remove } = crashingRun(way);
    const place = /^crashing crashing\.ts:\d+$/;
    try {
      const { breaks } = new AttemptTrier(await openHuntedScenario(file, {})).try({
        seed: 1,
        events: [],
      });
      expect(breaks).toMatchObject([{ kind: 'crash', place: expect.stringMatching(place) }]);
    } finally {
      remove();
    }
  });

  it('is refused where a duration leaves too little time to recover', async () => {
    await expect(openHuntedScenario(RECEIPT, { ...BARE, duration: '11s' })).rejects.toThrow(
      '12s at least',
    );
  });

  it('is refused where a node is a defective double', async () => {
    const set = { 'options.gateway': '{ double: swallowing }' };
    await expect(openHuntedScenario('failover.yaml', set)).rejects.toThrow(Refusal);
  });
});
