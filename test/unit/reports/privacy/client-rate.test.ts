/**
 * Whether the traffic on a client's link reveals that the client has something to say
 * (docs/spec/privacy-metrics.md, "Tests of traffic").
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { clientRatePValue } from '../../../../reports/privacy/client-rate.ts';
import {
  EVENT_CREATED,
  PURPOSE_CONTENT,
  PURPOSE_COVER,
  PURPOSE_REACTION,
  type PurposeCode,
  type RunTruth,
} from '../../../../reports/privacy/truth/truth.ts';
import { TruthRecorder } from '../../../../reports/privacy/truth/truth-record.ts';

const CLIENTS = ['busy', 'idle', 'other'];

interface Sending {
  readonly busyMean: number;
  readonly idleMean: number;
  readonly busyPurpose?: PurposeCode;
}

function record(
  seed: number,
  { busyMean, idleMean, busyPurpose = PURPOSE_CONTENT }: Sending,
): RunTruth {
  const truth = new TruthRecorder(CLIENTS);
  const random = openRandomStream(seed, 'test', 'client-rate');
  const sends: { at: number; node: number }[] = [];
  for (const [node, mean] of [busyMean, idleMean, idleMean].entries()) {
    let at = mean === 0 ? Infinity : random.exponential(mean);
    for (; at < 1e6; at += random.exponential(mean)) sends.push({ at, node });
  }
  sends.sort((a, b) => a.at - b.at);
  for (const [index, { at, node }] of sends.entries()) {
    const purpose = node === 0 && index % 3 === 0 ? busyPurpose : PURPOSE_COVER;
    const message = truth.open({ purpose, sender: node, recipient: 65_535 });
    truth.add(EVENT_CREATED, message, node, at);
  }
  return truth.truth();
}

const p = (truth: RunTruth, clients: readonly string[] = CLIENTS): number | undefined =>
  clientRatePValue({ truth, clients, fromNs: 0, untilNs: 1e6 });

describe('the client-rate test', () => {
  it('finds nothing where all clients send at one rate', () => {
    const values = Array.from({ length: 200 }, (_, seed) =>
      p(record(seed, { busyMean: 1000, idleMean: 1000 })),
    );
    const small = values.filter((value) => (value ?? 0) < 0.05).length;
    // 10 of 200 are expected with a standard deviation of 3.
    expect(small).toBeLessThan(23);
    expect(values.filter((value) => (value ?? 0) > 0.5).length).toBeGreaterThan(70);
  });

  it('finds a client that sends a third more when it has something to say', () => {
    const truth = record(1, { busyMean: 750, idleMean: 1000 });
    expect(p(truth)).toBeLessThan(1e-4);
  });

  it('counts acknowledgements as something to say', () => {
    const truth = record(1, { busyMean: 750, idleMean: 1000, busyPurpose: PURPOSE_REACTION });
    expect(p(truth)).toBeLessThan(1e-4);
  });

  it('is 0 where idle clients are silent, and undefined where there is nothing to compare', () => {
    expect(p(record(1, { busyMean: 1000, idleMean: 0 }))).toBe(0);
    expect(p(record(1, { busyMean: 0, idleMean: 1000 }))).toBeUndefined();
    expect(p(record(1, { busyMean: 1000, idleMean: 0 }), ['busy'])).toBeUndefined();
    expect(p(record(1, { busyMean: 1e5, idleMean: 1000 }))).toBeUndefined();
  });
});
