import { describe, expect, it } from 'vitest';
import { ReceivedDataFrameCounter } from '../../../../../nodes/gateway/received-data.ts';

describe('the tally behind receiver reports', () => {
  it('starts over with each epoch, so that a report never covers frames that are lost', () => {
    const data = new ReceivedDataFrameCounter();
    data.note(1, 9_000);
    expect(data.highest).toBe(9_000);
    data.note(2, 3);
    expect(data.highest).toBe(3);
  });

  it('leaves the highest number alone when a frame of the old epoch comes late', () => {
    const data = new ReceivedDataFrameCounter();
    data.note(2, 3);
    data.note(1, 9_001);
    data.note(2, 1);
    expect([data.highest, data.frames]).toEqual([3, 3]);
  });

  it('has news only until they are taken', () => {
    const data = new ReceivedDataFrameCounter();
    expect(data.takeNews()).toBe(false);
    data.note(1, 0);
    expect([data.takeNews(), data.takeNews()]).toEqual([true, false]);
  });
});
