/** Live runs refuse defective doubles, whichever host and option makes one. */
import { describe, expect, it } from 'vitest';
import { refuseDoubles } from '../../../scenarios/open/doubles.ts';
import { load, registry } from '../runner/fixture.ts';

function refuse(file: string, overrides: Readonly<Record<string, string>> = {}): void {
  const { topology, options } = load(file, overrides);
  refuseDoubles(topology, options, registry);
}

describe('a live run', () => {
  it('refuses a defective double by name, at the line of its host', () => {
    expect(() => refuse('file-transfer.yaml', { 'options.receiver.double': 'flip' })).toThrow(
      /:\d+:\d+ {2}receiver: double: flip is a defective double, for virtual time only/,
    );
  });

  it('takes correct nodes', () => {
    expect(() => refuse('file-transfer.yaml')).not.toThrow();
  });
});
