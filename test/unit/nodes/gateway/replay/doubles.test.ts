import { describe, expect, it } from 'vitest';
import { type ReplayGuard, ReplayWindow } from '../../../../../nodes/_kit/replay-window.ts';
import { DefectiveGoWindow } from '../../../../../nodes/gateway/doubles/go-window.ts';
import { DefectiveRustWindow } from '../../../../../nodes/gateway/doubles/rust-window.ts';

const PACKETS = 100_000;
const SIZE = 1024;

interface Arrival {
  readonly place: number;
  readonly sequence: number;
  readonly isReplay: boolean;
}
interface Shares {
  readonly falseRejects: number;
  readonly replaysAccepted: number;
}

/** A small generator with a fixed seed (mulberry32), so that the table is always the same. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The traffic of docs/spec/gateway-frame.md ("Defects of the published windows"): 10 % late by an
 * exponential delay, 1 % replayed 1 to 400 places later.
 */
function arrivals(mean: number): readonly Arrival[] {
  const uniform = uniforms(1);
  const list: Arrival[] = [];
  for (let sequence = 1; sequence <= PACKETS; sequence++) {
    const isLate = mean > 0 && uniform() < 0.1;
    const place = sequence + (isLate ? -Math.log(1 - uniform()) * mean : 0);
    list.push({ place, sequence, isReplay: false });
    if (uniform() < 0.01) {
      const later = 1 + Math.floor(uniform() * 400);
      list.push({ place: place + later, sequence, isReplay: true });
    }
  }
  return list.sort((a, b) => a.place - b.place || Number(a.isReplay) - Number(b.isReplay));
}

function run(window: ReplayGuard, traffic: readonly Arrival[]): Shares {
  let falseRejects = 0;
  let accepted = 0;
  let replays = 0;
  for (const { sequence, isReplay } of traffic) {
    const isFresh = window.accept(sequence) === 'fresh';
    if (isReplay) replays++;
    if (isReplay && isFresh) accepted++;
    if (!isReplay && !isFresh) falseRejects++;
  }
  return {
    falseRejects: (100 * falseRejects) / (traffic.length - replays),
    replaysAccepted: (100 * accepted) / replays,
  };
}

// Columns: mean delay; then in percent the false rejects of Go, replays of Go, false rejects of
// Rust, replays of Rust, and false rejects of this project.
const TABLE = [
  [0, 0, 1.3, 0.96, 96.7, 0],
  [5, 1.6, 8.3, 1.3, 96.0, 0],
  [50, 6.7, 9.4, 1.5, 93.8, 0],
  [200, 7.6, 9.8, 1.6, 91.8, 0.046],
] as const;
/** With about 1,000 replays, three standard errors of a share are 0.9 to 2.8 percentage points. */
const REPLAY_TOLERANCE = 1.5;
const REJECT_TOLERANCE = 0.2;

describe('the two defective windows', () => {
  it.each(TABLE)('R-021: show the computed shares at a mean delay of %d places', (...row) => {
    const [mean, goFalse, goReplay, rustFalse, rustReplay, ourFalse] = row;
    const traffic = arrivals(mean);
    const go = run(new DefectiveGoWindow(SIZE), traffic);
    const rust = run(new DefectiveRustWindow(SIZE), traffic);
    const ours = run(new ReplayWindow(SIZE), traffic);
    const near = (got: number, wanted: number, tolerance: number): void => {
      expect(Math.abs(got - wanted), `${got} % against ${wanted} %`).toBeLessThan(tolerance);
    };
    near(go.falseRejects, goFalse, REJECT_TOLERANCE);
    near(go.replaysAccepted, goReplay, REPLAY_TOLERANCE);
    near(rust.falseRejects, rustFalse, REJECT_TOLERANCE);
    near(rust.replaysAccepted, rustReplay, REPLAY_TOLERANCE);
    near(ours.falseRejects, ourFalse, 0.01);
    expect(ours.replaysAccepted).toBe(0);
  });

  it('R-021: the Go double locks a peer out after an outage of two windows', () => {
    const window = new DefectiveGoWindow(SIZE);
    expect(window.accept(0)).toBe('fresh');
    expect(window.accept(5000)).toBe('future');
    expect(window.accept(6000)).toBe('future');
  });

  it('R-021: the Rust double accepts sequence 0 for ever', () => {
    const window = new DefectiveRustWindow(SIZE);
    expect([window.accept(0), window.accept(0), window.accept(0)]).toEqual(Array(3).fill('fresh'));
  });
});
