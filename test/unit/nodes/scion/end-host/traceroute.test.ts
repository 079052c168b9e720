import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../../../engine/host/time.ts';
import type {
  ScmpConversation,
  ScmpEndHost,
  ScmpReply,
} from '../../../../../nodes/scion/end-host/scmp-end-host.ts';
import { Traceroute } from '../../../../../nodes/scion/end-host/traceroute.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { THREE_SEGMENTS } from '../wire/corpus.ts';

const NEAR = requireIsdAs('1-ff00:0:111');
const OTHER = requireIsdAs('1-ff00:0:112');
const TIMER: Timer = { cancel: () => undefined, rearm: () => undefined, isPending: true };

/** A traceroute that has asked for interface 5 of NEAR. */
function started(): { readonly trace: Traceroute; readonly sequences: number[] } {
  const sequences: number[] = [];
  const interfaces = [5, 6, 7, 8, 9, 10, 11, 12].map((ifId) => ({ isdAs: NEAR, ifId }));
  const targetHost = requireHostAddress('127.1.4.111');
  const route = { target: OTHER, targetHost, path: THREE_SEGMENTS, nextHop: 1 };
  const trace = new Traceroute(
    { after: (): Timer => TIMER, now: (): number => 0 },
    { route, path: { wire: THREE_SEGMENTS, interfaces } },
    100,
    () => undefined,
  );
  const conversation: ScmpConversation = {
    send: (_, { sequence }): number => sequences.push(sequence),
    close: () => undefined,
  };
  trace.start({ converse: () => conversation } as unknown as ScmpEndHost);
  return { trace, sequences };
}

const REPLY: ScmpReply = {
  ...{ kind: 'traceroute-reply', code: 0, checksum: 0, identifier: 1, sequence: 0 },
  ...{ isdAs: NEAR, ifId: 5, data: new Uint8Array(0) },
};
const SOURCE = { isdAs: NEAR, address: '127.1.0.1', bytes: 100 };

describe('a traceroute', () => {
  it.each([
    ['from another AS', REPLY, { ...SOURCE, isdAs: OTHER }],
    ['about another AS', { ...REPLY, isdAs: OTHER }, SOURCE],
    ['about another interface', { ...REPLY, ifId: 6 }, SOURCE],
    ['to another request', { ...REPLY, sequence: 1 }, SOURCE],
  ])('took a reply %s', (_, reply, source) => {
    const { trace, sequences } = started();
    expect(trace.reply(reply, source)).toBe(false);
    expect(sequences).toEqual([0]);
    expect(trace.reply(REPLY, SOURCE)).toBe(true);
    expect(sequences).toEqual([0, 1]);
  });
});
