import { describe, expect, it } from 'vitest';
import {
  listFirstNames,
  suggestNearestWord,
  unknownNameHint,
} from '../../../../topologies/files/suggest.ts';

describe('suggestions', () => {
  it.each([
    ['kpi', ['kpis', 'name'], 'kpis'],
    ['possion', ['constant', 'poisson'], 'poisson'],
    ['gatway-111', ['gateway-211', 'gateway-111'], 'gateway-111'],
    ['gateway.failover_ms', ['gateway.failover', 'gateway.latency'], 'gateway.failover'],
    ['Duration', ['duration'], 'duration'],
    ['dur', ['duration'], 'duration'],
  ])('takes %s for one of %j: %s', (word, names, near) => {
    expect(suggestNearestWord(word, names)).toBe(near);
  });

  it('names nothing that is far away', () => {
    expect(suggestNearestWord('colour', ['duration', 'warmup'])).toBeUndefined();
    expect(suggestNearestWord('at', ['for', 'to'])).toBeUndefined();
  });

  it('lists three names and counts the others, but never "1 more"', () => {
    expect(listFirstNames(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
    expect(listFirstNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, … 2 more');
    expect(unknownNameHint('core-111', ['core-110'], 'nodes')).toBe(
      'did you mean core-110? nodes: core-110',
    );
  });
});
