import { expect, it } from 'vitest';
import { loadText } from '../../runner/fixture.ts';

const text = (contacts: string): string => `name: apart
topology:
  name: meetings
  nodes: [{ name: a }, { name: b }, { name: c }, { name: d }]
  defaults: { node: { run: dtn } }
  links:
    - { ends: a <-> b, rate: 1Mbit/s, delay: 1ms${contacts} }
    - { ends: c <-> d, rate: 1Mbit/s, delay: 1ms${contacts} }
duration: 20s
traffic: [{ pairs: 4, among: [a, b, c, d], kind: constant, rate: 1/s, size: 100B }]
`;

it('pairs of nodes that never meet were refused with the whole trace, not warned of', () => {
  const meeting = loadText(text(', contacts: { windows: [{ start: 1s, end: 9s }] }'));
  expect(meeting.warnings.join('\n')).toContain(
    'traffic[0].among: 2 of 4 nodes never meet a or anybody who does, so nothing arrives between them: c, d',
  );
  expect(() => loadText(text(''))).toThrow('traffic[0].among: there is no path from a to c');
});
