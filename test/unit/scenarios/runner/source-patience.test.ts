import { describe, expect, it } from 'vitest';
import {
  LATE_MAX_NS,
  SourcePatience,
  STANDING_MAX_NS,
} from '../../../../scenarios/runner/source-patience.ts';

const MS = 1_000_000;

describe('SourcePatience', () => {
  it('sends what a pause of the process has made 200 ms late, and nothing later', () => {
    const patience = new SourcePatience();
    expect(patience.admits(1_000 * MS, 1_000 * MS)).toBe(true);
    expect(patience.admits(1_250 * MS, 1_250 * MS - LATE_MAX_NS)).toBe(true);
    expect(patience.admits(1_250 * MS, 1_250 * MS - LATE_MAX_NS - 1)).toBe(false);
  });

  it('waits for 100 ms only while nothing has been on time for 300 ms', () => {
    const patience = new SourcePatience();
    patience.admits(1_000 * MS, 1_000 * MS);
    expect(patience.admits(1_300 * MS, 1_300 * MS - STANDING_MAX_NS - 1)).toBe(true);
    expect(patience.admits(1_301 * MS, 1_301 * MS - STANDING_MAX_NS - 1)).toBe(false);
    expect(patience.admits(1_301 * MS, 1_301 * MS - STANDING_MAX_NS)).toBe(true);
  });

  it('takes a backlog for gone when a packet is less than 50 ms late', () => {
    const patience = new SourcePatience();
    patience.admits(2_000 * MS, 1_950 * MS);
    expect(patience.admits(2_001 * MS, 1_850 * MS)).toBe(false);
    patience.admits(2_002 * MS, 1_953 * MS);
    expect(patience.admits(2_003 * MS, 1_850 * MS)).toBe(true);
  });
});
