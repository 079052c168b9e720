/** Who may take part in a vault: nobody who is not named; a question to the owner stands for 60 s. */
import { describe, expect, it } from 'vitest';
import { vaultConfig } from '../../../../../nodes/vault/config.ts';
import { Consent } from '../../../../../nodes/vault/sync/consent.ts';

const S = 1_000_000_000;

function make(consent: Record<string, unknown> = {}): Consent {
  return new Consent(vaultConfig.parse({ consent }).consent);
}

describe('consent', () => {
  it('denies by default, and asks the owner once (R-153)', () => {
    const consent = make();
    expect(consent.isAllowed('bob')).toBe(false);
    expect(consent.ask('bob', 0)).toBe('no-consent');
    expect(consent.open(1)).toEqual([{ peer: 'bob', untilNs: 60 * S }]);
    expect(consent.isAllowed('bob')).toBe(false);
  });

  it('takes 60 s without an answer for a no, which lasts (R-153)', () => {
    const consent = make();
    consent.ask('bob', 0);
    expect(consent.ask('bob', 60 * S - 1)).toBe('no-consent');
    expect(consent.ask('bob', 60 * S)).toBe('denied');
    expect(consent.ask('bob', 1_000 * S)).toBe('denied');
    expect(consent.open(60 * S)).toEqual([]);
    expect(consent.isAllowed('bob')).toBe(false);
  });

  it('lets in whom the owner allows, also after a no, and out again', () => {
    const consent = make();
    consent.ask('bob', 0);
    consent.decide('bob', true);
    expect(consent.isAllowed('bob')).toBe(true);
    consent.decide('bob', false);
    expect(consent.isAllowed('bob')).toBe(false);
    expect(consent.ask('bob', 1)).toBe('denied');
  });

  it('trusts whom the file names, but never the blocked', () => {
    expect(make({ trusted: ['bob'] }).isAllowed('bob')).toBe(true);
    expect(make({ trusted: ['bob'] }).isAllowed('carol')).toBe(false);
    const all = make({ trusted: 'all', blocked: ['mallory'] });
    expect(all.isAllowed('carol')).toBe(true);
    expect(all.isAllowed('mallory')).toBe(false);
    expect(all.ask('mallory', 0)).toBe('denied');
    expect(all.open(0)).toEqual([]);
    expect(all.decide('mallory', true)).toBe(false);
    expect(all.isAllowed('mallory')).toBe(false);
  });
});
