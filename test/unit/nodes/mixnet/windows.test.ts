/**
 * Windows of stop-and-go mixing, converted between calendar and monotonic clock
 * (docs/spec/mixnet.md, "Stop-and-go windows").
 */
import { describe, expect, it } from 'vitest';
import { mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import { makeArrivalWindowSettings, readArrivalWindow } from '../../../../nodes/mixnet/windows.ts';

const MS = 1_000_000;

/** The clocks of a node: 5 s after its start, its calendar clock shows 12:00:00.7004. */
const host = {
  now: (): number => 5_000 * MS,
  clock: (): { seconds: number; nanos: number } => ({ seconds: 1_800_000_000, nanos: 700_400_000 }),
};
const options = (mixing: unknown): ReturnType<typeof mixnetConfig.parse> =>
  mixnetConfig.parse({ role: 'mix', mixing });

describe('windows', () => {
  it('are written where the mixes are stop-and-go, and nowhere else', () => {
    const { windows } = makeArrivalWindowSettings(
      host,
      options({ strategy: 'stop-and-go', window: '300ms' }),
    );
    expect(windows?.lengthNs).toBe(300 * MS);
    expect(windows?.calendarMsAt(5_000 * MS)).toBe(1_800_000_000_700);
    expect(windows?.calendarMsAt(6_000 * MS)).toBe(1_800_000_001_700);
    expect(makeArrivalWindowSettings(host, options({ strategy: 'poisson' }))).toEqual({});
  });

  it('come back to the clock of the mix that reads them', () => {
    const window = { kind: 'nodeWindow', firstMs: 1_800_000_000_800, spanMs: 40 } as const;
    expect(readArrivalWindow([{ kind: 'nodeDelay', delayMs: 1 }, window], host)).toEqual([
      5_099.6 * MS,
      5_139.6 * MS,
    ]);
    expect(readArrivalWindow([{ kind: 'nodeDelay', delayMs: 1 }], host)).toBeUndefined();
  });
});
