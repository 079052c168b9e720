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

  it.each([
    ['failover.yaml', 'options.gateway-211.antiReplay.window', 'rust', 'antiReplay.window'],
    ['failover.yaml', 'options.gateway-211.double', 'hoarding', 'double'],
    ['mixnet.yaml', 'options.mixnet.double', 'eager', 'double'],
    ['mixnet.yaml', 'options.mixnet.client.double', 'chatty', 'double'],
    ['dtn-tutorial.yaml', 'options.dtn.double', 'dropping', 'double'],
    ['fabric-outage.yaml', 'options.bob/fabric.double', 'forgetful', 'double'],
    ['federated-hello.yaml', 'stack.1.options.double', 'short-seeds', 'double'],
  ])('of %s refuses %s=%s', (file, path, word, option) => {
    expect(() => refuse(file, { [path]: word })).toThrow(`: ${option}: ${word} is a defective`);
  });

  it('takes an attack of a participant, which is no double', () => {
    const attack = { 'stack.1.options.serverAttack': 'crafted-models' };
    expect(() => refuse('federated-hello.yaml', attack)).not.toThrow();
  });

  it('takes correct nodes', () => {
    expect(() => refuse('file-transfer.yaml')).not.toThrow();
  });
});
