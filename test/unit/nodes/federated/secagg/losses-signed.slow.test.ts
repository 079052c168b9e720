/**
 * Whoever leaves, and whenever, where lists of survivors are signed; losses.test.ts has each choice of points once.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { SECAGG_MESSAGE_TYPES } from '../../../../../nodes/federated/secagg/messages.ts';
import { plans } from './leaving.ts';
import { check } from './losses-check.ts';
import { configOf } from './session.ts';

const { shareKeys, maskedInput, consistency, unmask } = SECAGG_MESSAGE_TYPES;

describe('R-155, R-156: five clients, threshold three, signed', () => {
  it('every way to leave before or after the input: 4 points, 3,125 sessions', () => {
    const found = { sum: 0, abort: 0 };
    const config = configOf({ mode: 'signed' });
    for (const leaves of plans(5, [shareKeys, maskedInput, consistency, unmask])) {
      found[check(config, leaves)] += 1;
    }
    expect(found).toEqual({ sum: 181, abort: 3_125 - 181 });
  });
});
