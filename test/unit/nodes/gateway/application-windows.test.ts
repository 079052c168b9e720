/** Replay windows for the sequence numbers of applications. */
import { describe, expect, it } from 'vitest';
import {
  APPLICATION_WINDOWS_MAX,
  ApplicationWindows,
} from '../../../../nodes/gateway/application/windows.ts';

const age = { ageUsMax: 1_000, toleranceUs: 10 };
const at = (nowNs: number): { nowNs: number; clockUs: number } => ({ nowNs, clockUs: 5_000 });

function check(windows: ApplicationWindows, name: string, nowNs = 0): string {
  const asked = { name, sequence: 1, timestampUs: undefined, updates: true };
  return windows.check(asked, at(nowNs));
}

describe('windows of applications', () => {
  it('never make room for another name while their numbers could come again', () => {
    const windows = new ApplicationWindows({ size: 64, ttlNs: 100, age });
    for (let name = 0; name < APPLICATION_WINDOWS_MAX; name += 1) check(windows, `${name}`);
    expect(check(windows, 'late')).toBe('windows-full');
    expect(check(windows, '0')).toBe('replay');
    const asked = { name: '1', sequence: 2, timestampUs: undefined, updates: true };
    expect(windows.check(asked, at(50))).toBe('fresh');
    expect(check(windows, 'late', 101)).toBe('fresh');
    expect(check(windows, '1', 101)).toBe('replay');
    expect(check(windows, '0', 101)).toBe('fresh');
  });

  it('refuse a number whose time is too old or ahead, and one behind the window', () => {
    const windows = new ApplicationWindows({ size: 64, ttlNs: 100, age });
    const of = (sequence: number, timestampUs?: number): string =>
      windows.check({ name: 'a', sequence, timestampUs, updates: true }, at(0));
    expect([of(1, 3_989), of(1, 5_011), of(1, 3_990), of(2, 5_010)]).toEqual([
      ...['expired', 'future', 'fresh', 'fresh'],
    ]);
    expect([of(2 ** 53), of(1_000), of(936), of(937)]).toEqual([
      ...['future', 'fresh', 'expired', 'fresh'],
    ]);
    const { base, highest, bitmap } = windows.view('a');
    expect([base, highest, bitmap]).toEqual([937, 1_000, '0100000000000080']);
  });
});
