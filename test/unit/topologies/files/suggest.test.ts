import { describe, expect, it } from 'vitest';
import { hintNames, listSome, suggest } from '../../../../topologies/files/suggest.ts';

describe('suggestions', () => {
  it.each([
    ['kpi', ['kpis', 'name'], 'kpis'],
    ['possion', ['constant', 'poisson'], 'poisson'],
    ['gatway-111', ['gateway-211', 'gateway-111'], 'gateway-111'],
    ['gateway.failover_ms', ['gateway.failover', 'gateway.latency'], 'gateway.failover'],
    ['Duration', ['duration'], 'duration'],
    ['dur', ['duration'], 'duration'],
  ])('takes %s for one of %j: %s', (word, names, near) => {
    expect(suggest(word, names)).toBe(near);
  });

  it('names nothing that is far away', () => {
    expect(suggest('colour', ['duration', 'warmup'])).toBeUndefined();
    expect(suggest('at', ['for', 'to'])).toBeUndefined();
  });

  it('lists three names and counts the others, but never "1 more"', () => {
    expect(listSome(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
    expect(listSome(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, … 2 more');
    expect(hintNames('core-111', ['core-110'], 'nodes')).toBe(
      'did you mean core-110? nodes: core-110',
    );
  });
});
