/** Texts of the page about a run in progress. @module */
import { describe, expect, it } from 'vitest';
import type { LiveFeedState } from '../../../../viz/app/data/live-feed.ts';
import {
  connectionLostText,
  liveCardText,
  livePhaseText,
  liveProgressText,
} from '../../../../viz/app/kernel/live-text.ts';
import type { LiveRunStatus } from '../../../../viz/format/live-wire.ts';

const NEWS: LiveRunStatus = {
  ...{ phase: 'running', run: 'failover', seed: 1, durationNs: 60e9, nowNs: 31.2e9 },
  ...{ hasPackets: true, droppedFrames: 0, droppedRows: 0, report: undefined, trouble: undefined },
};

describe('the bar of a run that goes on', () => {
  it('says how far the run is, and never beyond its end', () => {
    expect(liveProgressText(NEWS)).toBe('failover, seed 1, is at 31.2 s of 60.0 s.');
    expect(liveProgressText({ ...NEWS, nowNs: 61e9 })).toMatch(/is at 60.0 s of 60.0 s/);
    expect(liveProgressText({ ...NEWS, phase: 'ended' })).toBe('failover, seed 1, has ended.');
  });

  it('says how many frames and packets were dropped', () => {
    const text = liveProgressText({ ...NEWS, droppedFrames: 12, droppedRows: 3_400 });
    expect(text).toMatch(/Dropped: 12 frames, 3,400 packet rows/);
  });

  it('says where packets cannot be seen, and why no more is shown', () => {
    expect(liveProgressText({ ...NEWS, hasPackets: false })).toMatch(/packets cannot be followed/);
    expect(liveProgressText({ ...NEWS, trouble: 'too much' })).toMatch(/Too much\.$/);
  });

  it('is short in the top bar, and never says of an ended run that it goes on', () => {
    const said = (link: LiveFeedState['link'], news: Partial<LiveRunStatus>): string =>
      livePhaseText({ link, news: { ...NEWS, ...news }, info: {} as LiveFeedState['info'] });
    expect(livePhaseText(undefined)).toBe('goes on');
    expect(said('open', {})).toBe('goes on');
    expect(said('lost', {})).toBe('connection lost');
    expect(said('open', { phase: 'ended' })).toBe('has ended, its report is being written');
    expect(said('open', { phase: 'ended', report: 'failover/1' })).toBe('has ended');
    expect(said('over', { phase: 'ended' })).toBe('has ended');
  });

  it('says since when the connection is lost, and until when it shows', () => {
    expect(connectionLostText(NEWS, 4_321)).toBe('Reconnecting, 4 s; showing until 31.2 s.');
  });
});

describe('the card of a run that goes on', () => {
  it('says whether the run has begun, where it is, and that it has ended', () => {
    expect(liveCardText({ ...NEWS, phase: 'waiting' })).toBe('The run has not begun yet.');
    expect(liveCardText(NEWS)).toBe('Seed 1 is at 31.2 s of 60.0 s.');
    expect(liveCardText({ ...NEWS, phase: 'ended' })).toMatch(/has ended; its report is being/);
  });
});
