import { describe, expect, it } from 'vitest';
import { BundleEndpointCache } from '../../../../../nodes/dtn/agent/endpoints.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';

const names = new HostEids(['a', 'b', 'c'], 'ipn');

function viewOf(source: string, destination = 'ipn:3.1'): BundleView {
  const bytes = sampleBundle({ source, destination });
  const view = new BundleView();
  expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
  return view;
}

describe('what is kept of endpoints', () => {
  it('is what their identifiers say, the first time and later', () => {
    const endpoints = new BundleEndpointCache(names);
    const view = viewOf('ipn:1.1', 'ipn:3.2');
    const source = { text: 'ipn:1.1', node: 'ipn:1.0', host: 'a', isRouter: false };
    const destination = { text: 'ipn:3.2', node: 'ipn:3.0', host: 'c', isRouter: true };
    for (let time = 0; time < 2; time += 1) {
      expect(endpoints.sourceOf(view)).toEqual(source);
      expect(endpoints.destinationOf(view)).toEqual(destination);
    }
    // The second time it is not made anew.
    expect(endpoints.sourceOf(view)).toBe(endpoints.sourceOf(viewOf('ipn:1.1')));
  });

  it('does not change with the buffer of the bundle', () => {
    const endpoints = new BundleEndpointCache(names);
    const view = viewOf('ipn:1.1');
    endpoints.sourceOf(view);
    view.bytes.fill(0);
    expect(endpoints.sourceOf(viewOf('ipn:1.1')).text).toBe('ipn:1.1');
  });

  it('belongs to nobody else, of however many, short and long', () => {
    const endpoints = new BundleEndpointCache(names);
    // Far more than are kept, some of which share their beginning or their place.
    const texts = Array.from({ length: 2_000 }, (_, index) => [
      `ipn:${1 + index}.1`,
      `ipn:${1 + (index % 3)}.${index}`,
      `dtn://n${index}/app`,
      `dtn://n${index}/${'long'.repeat(20)}${index}`,
    ]).flat();
    for (let time = 0; time < 2; time += 1)
      for (const text of texts) expect(endpoints.sourceOf(viewOf(text)).text).toBe(text);
  });
});
