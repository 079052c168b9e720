/**
 * The account of messages of which several nodes hold copies: a router that hands out copies keeps
 * its own.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../reports/model.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { load, run } from './fixture.ts';

const SHORT = { duration: '20min', warmup: '0s', drain: '40min' };

function bus(more: Readonly<Record<string, string>>): Scenario {
  return load('dtn-bus.yaml', { ...SHORT, ...more });
}

describe('messages with copies on many nodes', () => {
  it.each(['epidemic', 'spray-binary', 'two-hop'])(
    'add up with %s, and are open nowhere when their lifetime is over',
    (router) => {
      const { messages } = run(bus({ 'options.dtn.router': router }));
      if (messages === undefined) throw new Error('no account was kept');
      const { submitted, delivered, lost, open } = messages;
      expect(submitted).toBeGreaterThan(20);
      expect(delivered).toBeGreaterThan(5);
      expect(open).toBe(0);
      // A message is lost when its last copy has expired.
      expect(lost['expired']).toBe(submitted - delivered);
    },
  );

  it('lost the copies of relays from their journey where an account is kept beside', () => {
    const alone = run(bus({}));
    let journeys = '';
    const followed: SeedResult = run(bus({}), 1, {
      recordings: { explain: 2 },
      onJourneys: (text) => {
        journeys += text;
      },
    });
    expect(followed.messages).toEqual(alone.messages);
    expect(followed.fingerprint).toBe(alone.fingerprint);
    // A relay hands out a copy, and keeps its own for the next.
    expect(journeys).toMatch(/bus-(\d+) +dtn: held .*\n.*bus-\1 +.*serialise to bus-/);
  });
});
