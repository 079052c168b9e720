/** Which smaller files count as the same break. @module */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { EMPTY_ATTEMPT_OUTCOME } from '../../../../runner/hunt/attempt.ts';
import type { HuntJob } from '../../../../runner/hunt/hunt-jobs.ts';
import type { HuntPool } from '../../../../runner/hunt/hunt-pool.ts';
import { makeBreakFolder } from '../../../../runner/hunt/make-break-folder.ts';
import { findFirstShowingBreak } from '../../../../runner/hunt/shrink-break.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-shrink-'));
afterAll(() => rmSync(folder, { recursive: true }));

const found = { kind: 'recover', place: 'ping.delivery value >= 99%', text: '' } as const;
/** A run of a file breaks after a crash, and without the link in any case. */
const pool = {
  try: async (job: Extract<HuntJob, { kind: 'file' }>) => {
    const text = readFileSync(job.path, 'utf8');
    const isBroken = text.includes('crash') || !text.includes('<->');
    return await Promise.resolve({ ...EMPTY_ATTEMPT_OUTCOME, breaks: isBroken ? [found] : [] });
  },
} as unknown as HuntPool;
const parts = {
  ...{ one: { attempt: { seed: 1, events: [] }, found }, origin: 'a test' },
  ...{
    files: makeBreakFolder(join(folder, 'minimal.yaml'), pool),
    isStopped: (): boolean => false,
  },
};

it('a network without the link that it needs was the smallest file of a fault', async () => {
  const events = [{ at: '1s', for: '1s', crash: 'b' }];
  const cut = { topology: { links: [] }, events };
  const whole = { topology: { links: [{ ends: 'a <-> b' }] }, events };
  expect(await findFirstShowingBreak([cut, whole], parts)).toBe(0);
  expect(await findFirstShowingBreak([cut, whole], { ...parts, isOfFaults: true })).toBe(1);
  const none = { ...whole, events: [] };
  expect(await findFirstShowingBreak([none, cut], { ...parts, isOfFaults: true })).toBe(-1);
});
