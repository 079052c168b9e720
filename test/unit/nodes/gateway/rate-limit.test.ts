import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { TokenBucket } from '../../../../nodes/_kit/token-bucket.ts';
import { CookieIssuer } from '../../../../nodes/gateway/admission/cookie-issuer.ts';
import { makeAdmissionControl } from '../../../../nodes/gateway/admission/make-admission.ts';
import { gatewayConfig } from '../../../../nodes/gateway/config.ts';

const SECOND = 1_000_000_000;

function takeMany(bucket: TokenBucket, count: number, nowNs: number): number {
  let taken = 0;
  for (let index = 0; index < count; index++) if (bucket.take(nowNs)) taken++;
  return taken;
}

describe('the token bucket', () => {
  it('R-056: allows the burst of 5,000 and then 1,000 a second', () => {
    const bucket = TokenBucket.of({ perSecond: 1000, burst: 5000 });
    expect(takeMany(bucket, 6000, 0)).toBe(5000);
    expect(takeMany(bucket, 6000, SECOND)).toBe(1000);
    expect(takeMany(bucket, 6000, SECOND + SECOND / 2)).toBe(500);
  });

  it('loses no fraction of a token, whatever the steps', () => {
    const bucket = TokenBucket.of({ perSecond: 3, burst: 1 });
    let taken = 0;
    for (let nowNs = 0; nowNs <= 10 * SECOND; nowNs += 7_777_777) if (bucket.take(nowNs)) taken++;
    expect(taken).toBeGreaterThanOrEqual(29);
    expect(taken).toBeLessThanOrEqual(31);
  });

  it('never holds more than the burst, after a hundred days of silence either', () => {
    const bucket = TokenBucket.of({ perSecond: 1_000_000, burst: 10 });
    expect(takeMany(bucket, 20, Number.MAX_SAFE_INTEGER)).toBe(10);
  });

  it('says how long a token taken in advance has to wait, by rate and by interval', () => {
    const byRate = TokenBucket.of({ perSecond: 4, burst: 1 });
    const byInterval = new TokenBucket(1);
    byInterval.setInterval(SECOND / 4);
    for (const bucket of [byRate, byInterval]) {
      expect([bucket.reserve(0), bucket.reserve(0), bucket.reserve(0)]).toEqual([
        0,
        SECOND / 4,
        SECOND / 2,
      ]);
      expect(bucket.take(SECOND / 2)).toBe(false);
      expect(bucket.take((3 * SECOND) / 4)).toBe(true);
    }
  });
});

it('R-056: a limit that the options asked for limited no peer', () => {
  const cookies = new CookieIssuer(
    createCryptoProvider('node'),
    (length) => new Uint8Array(length),
  );
  const taken = (rateLimit: object): readonly number[] => {
    const options = gatewayConfig.parse({ rateLimit });
    // Two peers, of which the first does not use what the second may.
    return [6000, 6000].map((count) => {
      const admission = makeAdmissionControl(options, cookies);
      return Array.from({ length: count }, () => admission.frameAccepted(0)).filter(Boolean).length;
    });
  };
  expect(taken({ enabled: true })).toEqual([5000, 5000]);
  expect(taken({ enabled: true, burst: 7 })).toEqual([7, 7]);
  expect(taken({})).toEqual([6000, 6000]);
});
