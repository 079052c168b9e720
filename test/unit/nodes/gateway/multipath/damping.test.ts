/** Each of the two means against flapping by itself: either of them settles a path alone. */
import { describe, expect, it } from 'vitest';
import { FlapDamping, HoldDown } from '../../../../../nodes/gateway/multipath/damping.ts';

const SECOND = 1_000_000_000;

describe('the hold time of a return', () => {
  it('R-041: doubles with each further fault within ten minutes, up to ten minutes', () => {
    const hold = new HoldDown(10 * SECOND);
    const seconds = [hold.holdNs(0) / SECOND];
    for (let fault = 0; fault < 9; fault += 1) {
      hold.note(fault * SECOND);
      seconds.push(hold.holdNs(fault * SECOND) / SECOND);
    }
    expect(seconds).toEqual([10, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    // Of nine faults the last two are left.
    expect(hold.holdNs(607 * SECOND)).toBe(20 * SECOND);
    expect(hold.holdNs(609 * SECOND)).toBe(10 * SECOND);
  });
});

describe('the penalty of a path', () => {
  it('R-041: keeps a path out after three deaths in a row, until three quarters are forgotten', () => {
    const damping = new FlapDamping();
    for (const [second, isSuppressed] of [false, false, true].entries()) {
      damping.death(second);
      expect(damping.isSuppressed(second)).toBe(isSuppressed);
    }
    // 3,000 halves each minute: 750 after two.
    expect(damping.isSuppressed(119 * SECOND)).toBe(true);
    expect(damping.isSuppressed(121 * SECOND)).toBe(false);
  });

  it('R-041: does not add up over deaths that are minutes apart', () => {
    const damping = new FlapDamping();
    for (let minute = 0; minute < 30; minute += 2) {
      damping.death(minute * 60 * SECOND);
      expect(damping.isSuppressed(minute * 60 * SECOND)).toBe(false);
    }
  });
});
