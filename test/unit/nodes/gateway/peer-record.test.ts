import { expect, it } from 'vitest';
import type { PeerEffect, PeerOutput } from '../../../../nodes/gateway/peer-output.ts';
import { PeerEventRecorder } from '../../../../nodes/gateway/peer-record.ts';

it('tells the operator of paths that change, with the peer and the path as fields', () => {
  const effects: PeerEffect[] = [];
  const output = { perform: (effect: PeerEffect): unknown => effects.push(effect) };
  const record = new PeerEventRecorder(output as unknown as PeerOutput, 'gateway-211');
  record.health('p1', 'dead');
  const way = { kind: 'switch', from: 0, to: 1 } as const;
  record.switched(
    { ...way, cause: 'probe-loss', isFault: true },
    { atNs: 5, from: 'p1', to: 'p2' },
  );
  expect(record.lastSwitch).toEqual({
    ...{ atNs: 5, from: 'p1', to: 'p2', cause: 'probe-loss', isFault: true },
  });
  record.switched(
    { ...way, cause: 'better', isFault: false },
    { atNs: 6, from: 'p2', to: undefined },
  );
  const fields = (path_id: string): object => ({ destination: 'gateway-211', path_id });
  expect(effects.filter(({ kind }) => kind === 'log')).toEqual([
    { kind: 'log', level: 'info', message: 'path is dead', fields: fields('p1') },
    {
      kind: 'log',
      level: 'info',
      message: 'takes another path after a fault',
      fields: fields('p2'),
    },
    { kind: 'log', level: 'info', message: 'takes another path', fields: fields('none') },
  ]);
});
