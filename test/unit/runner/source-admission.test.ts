import { describe, expect, it } from 'vitest';
import {
  BACKLOG_LATE_MAX_NS,
  SOURCE_LATE_MAX_NS,
  SourceAdmission,
} from '../../../runner/traffic/source-admission.ts';

const MS = 1_000_000;

describe('SourceAdmission', () => {
  it('sends what a pause of the process has made 200 ms late, and nothing later', () => {
    const admission = new SourceAdmission();
    expect(admission.admits(1_000 * MS, 1_000 * MS)).toBe(true);
    expect(admission.admits(1_250 * MS, 1_250 * MS - SOURCE_LATE_MAX_NS)).toBe(true);
    expect(admission.admits(1_250 * MS, 1_250 * MS - SOURCE_LATE_MAX_NS - 1)).toBe(false);
  });

  it('waits for 100 ms only while nothing has been on time for 300 ms', () => {
    const admission = new SourceAdmission();
    admission.admits(1_000 * MS, 1_000 * MS);
    expect(admission.admits(1_300 * MS, 1_300 * MS - BACKLOG_LATE_MAX_NS - 1)).toBe(true);
    expect(admission.admits(1_301 * MS, 1_301 * MS - BACKLOG_LATE_MAX_NS - 1)).toBe(false);
    expect(admission.admits(1_301 * MS, 1_301 * MS - BACKLOG_LATE_MAX_NS)).toBe(true);
  });

  it('takes a backlog for gone when a packet is less than 50 ms late', () => {
    const admission = new SourceAdmission();
    admission.admits(2_000 * MS, 1_950 * MS);
    expect(admission.admits(2_001 * MS, 1_850 * MS)).toBe(false);
    admission.admits(2_002 * MS, 1_953 * MS);
    expect(admission.admits(2_003 * MS, 1_850 * MS)).toBe(true);
  });
});
