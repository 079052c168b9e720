/** A cost profile with round numbers, and a function that writes profiles to files. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CostProfile,
  ProfileOperation,
} from '../../../../scenarios/profiles/profile-schema.ts';

function operation(ns: number, lane: 'control' | 'data' = 'data'): ProfileOperation {
  const sample = { bytes: 100, nsMedian: ns, nsLow: ns, nsHigh: ns, nsP99: 2 * ns, batches: 50 };
  const alone = { ns: ns / 2, nsPerByte: 0 };
  return { lane, alone, inPlace: { ns, nsPerByte: 0.5 }, samples: [sample] };
}

/**
 * A packet of ping takes some hundred microseconds, so a few thousand per second saturate a core.
 */
export function fixtureProfile(scale = 1): CostProfile {
  return {
    profileVersion: 1,
    date: '2026-01-02T03:04:05Z',
    machine: {
      cpu: 'Test CPU',
      cores: 2,
      os: 'Test',
      node: '20.0.0',
      commit: 'test',
      loadBefore: 0.1,
      loadAfter: 0.2,
    },
    operations: {
      receive: operation(60_000 * scale),
      send: operation(40_000 * scale),
      timer: operation(1_000 * scale, 'control'),
      'crypto.seal': operation(5_000 * scale),
      'handler.ping.datagram': operation(20_000 * scale),
      'handler.ping.request': operation(30_000 * scale),
    },
    inPlace: {
      scenario: 'hello',
      controlFactor: 2,
      dataFactor: 2,
      points: [
        {
          ratePerSecond: 1_000,
          deliveredPerSecond: 999,
          cpu: 0.2,
          waited: 0.05,
          isUsed: true,
          aloneControl: 0.01,
          aloneData: 0.1,
          predicted: 0.2,
        },
      ],
    },
    receiveBuffer: [
      { bytes: 128, datagrams: 500 },
      { bytes: 1_472, datagrams: 100 },
    ],
  };
}

/** Writes a profile, or any text, into a new folder. */
export function writeProfile(content: CostProfile | string, name = 'profile.json'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'orrery-profile-')), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  return path;
}
