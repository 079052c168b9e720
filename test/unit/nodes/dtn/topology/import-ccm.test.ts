import { describe, expect, it } from 'vitest';
import type { ImportResult } from '../../../../../engine/host/importer.ts';
import { ccmImporter } from '../../../../../nodes/dtn/topology/import-ccm.ts';

const read = (text: string, delayUnit: 'us' | 'ms' = 'us'): ImportResult =>
  ccmImporter.read(text, { prefix: 'node-', delayUnit });

describe('plans of the Core Contact Plan Manager', () => {
  it('are contacts both ways, in bit/s and microseconds, once or again and again', () => {
    const text = `# a plan
s loop 0
a contact +0 +10 1 2 100000 0.2 0 0
a contact +10 +20 2 gs1 10mbit 0 1500 0
a contact 30 40.5 2 1 5kbit
`;
    const plan = read(text);
    expect(plan).toMatchObject({
      topology: {
        nodes: [{ name: 'node-1' }, { name: 'node-2' }, { name: 'gs1' }],
        links: [
          {
            ends: ['node-1', 'node-2'],
            backward: {
              contacts: {
                windows: [
                  { startNs: 0, endNs: 10e9, rateBps: 100_000, delayNs: 0 },
                  { startNs: 30e9, endNs: 40.5e9, rateBps: 5_000, delayNs: 0 },
                ],
              },
            },
          },
          {
            ends: ['node-2', 'gs1'],
            forward: {
              contacts: {
                windows: [{ startNs: 10e9, endNs: 20e9, rateBps: 10e6, delayNs: 1_500_000 }],
              },
            },
          },
        ],
      },
      warnings: ['1 contact with loss or jitter, which has no effect'],
    });
    expect(JSON.stringify(plan)).not.toContain('periodNs');
    const again = JSON.stringify(read(text.replace('loop 0', 'loop true'), 'ms'));
    expect(again.match(/"periodNs":40500000000/g)).toHaveLength(4);
    expect(again).toContain('"delayNs":1500000000');
  });

  it.each([
    ['a contact +0 +10 1 2\n', /"" is no bandwidth/],
    ['a contact +0 +10 1 2 99999999999gbit\n', /is no bandwidth such as/],
    ['a contact +0 +10 1 2 0\n', /the rate is not above 0/],
    ['a contact x +10 1 2 5\n', /no times in seconds/],
    ['a contact +10 +0 1 2 5\n', /the contact ends before it begins/],
    ['a contact +0 +10 1 dev:eth0 5\n', /no names of nodes/],
    ['a contact +0 +10 1 1 5\n', /1 cannot meet itself/],
    ['a contact +0 +10 1 2 5 0 -1 0\n', /loss, delay and jitter are not numbers/],
    ['a contact +0 +10 1 2 5 0 1e30 0\n', /delay above 104 days/],
    ['a fixed mcc gs1 10mbit 0.0 300 0\n', /links that are always there/],
    ['b contact\n', /expected a contact BEGIN END/],
  ])('say what is wrong, and where: %j', (text, message) => {
    const wrong = read(`# first\n${text}`);
    expect(wrong).toMatchObject({
      kind: 'mistakes',
      mistakes: [{ start: 8, message: expect.stringMatching(message) }],
    });
  });
});
