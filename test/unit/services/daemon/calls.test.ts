/** Calls of DaemonService: what is answered, and which status bad input gets. @module */
import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from '../../../../nodes/_kit/protobuf.ts';
import { isdAsWords, requireIsdAs } from '../../../../nodes/scion/index.ts';
import { DAEMON_CALLS, GRPC_STATUS } from '../../../../services/daemon/calls.ts';
import {
  AS_RESPONSE,
  INTERFACES_RESPONSE,
  PATHS_RESPONSE,
  PORT_RANGE_RESPONSE,
} from '../../../../services/daemon/messages.ts';
import { ANSWERS, askerOf, askWell, FAR, OWN, pathsRequest, REQUESTS } from './daemon-answers.ts';

type CallName = keyof typeof DAEMON_CALLS;

async function codeOf(
  name: CallName,
  request: Uint8Array,
  ask = askWell,
): Promise<number | undefined> {
  const answer = await DAEMON_CALLS[name](request, ask);
  return 'code' in answer ? answer.code : undefined;
}

async function bytesOf(name: CallName, request: Uint8Array): Promise<Uint8Array> {
  const answer = await DAEMON_CALLS[name](request, askWell);
  return 'code' in answer ? expect.fail(answer.details) : answer;
}

describe('a daemon', () => {
  it('tells of paths as the control service knows them', async () => {
    const read = decodeProtobuf(PATHS_RESPONSE, await bytesOf('Paths', REQUESTS.Paths));
    expect(read).toMatchObject({
      paths: [
        {
          raw: Uint8Array.of(0, 255),
          interface: { address: { address: '127.1.0.1:30042' } },
          interfaces: [
            { isdAs: isdAsWords(OWN), ifId: 1 },
            { isdAs: isdAsWords(FAR), ifId: 2 },
          ],
          mtu: 1_400,
          expiration: { seconds: 1_700_000_000, nanos: 0 },
          latency: [{ seconds: 1, nanos: 500_000_000 }],
          bandwidth: [1_000],
          geo: [
            { latitude: 47.5, longitude: 8.5, address: 'Zürich' },
            { latitude: 0, longitude: 0, address: '' },
          ],
          linkTypes: [2],
          internalHops: [],
          notes: ['here', 'there'],
        },
        { interfaces: [], mtu: 0 },
      ],
    });
  });

  it('asks for the paths to the AS that the request names', async () => {
    const asked: string[] = [];
    await DAEMON_CALLS.Paths(REQUESTS.Paths, (kind, body) => {
      asked.push(`${kind} ${body}`);
      return askWell(kind, body);
    });
    expect(asked).toEqual(['as ', `host-paths ${FAR}`]);
  });

  it('tells of its AS, its interfaces and its ports', async () => {
    const as = { isdAs: isdAsWords(OWN), isCore: true, mtu: 1_472 };
    expect(decodeProtobuf(AS_RESPONSE, await bytesOf('AS', REQUESTS.AS))).toEqual(as);
    expect(decodeProtobuf(AS_RESPONSE, await bytesOf('AS', new Uint8Array()))).toEqual(as);
    const interfaces = await bytesOf('Interfaces', REQUESTS.Interfaces);
    expect(decodeProtobuf(INTERFACES_RESPONSE, interfaces)).toEqual({
      interfaces: new Map([
        [1, { address: { address: '127.1.0.1:30042' } }],
        [65_535, { address: { address: '127.1.0.2:30042' } }],
      ]),
    });
    const ports = await bytesOf('PortRange', REQUESTS.PortRange);
    expect(decodeProtobuf(PORT_RANGE_RESPONSE, ports)).toEqual({ first: 31_000, last: 32_767 });
  });

  it('refuses what nobody could answer', async () => {
    const cut = Uint8Array.of(0x08);
    const [other, wildcard] = ['1-ff00:0:112', '1-0'].map((text) => isdAsWords(requireIsdAs(text)));
    const { invalidArgument, notFound, notOffered } = GRPC_STATUS;
    for (const name of Object.keys(DAEMON_CALLS) as CallName[]) {
      expect(await codeOf(name, cut)).toBe(invalidArgument);
    }
    expect(await codeOf('Paths', pathsRequest({ source: other! }))).toBe(invalidArgument);
    expect(await codeOf('Paths', pathsRequest({ target: wildcard! }))).toBe(invalidArgument);
    expect(await codeOf('Paths', pathsRequest({ hidden: true }))).toBe(notOffered);
    expect(await codeOf('AS', pathsRequest({ source: other! }))).toBe(notFound);
  });

  it.each([
    ['is not there', { problem: 'nothing listens there' }, GRPC_STATUS.unavailable],
    ['is busy', { outcome: 'busy', text: '' }, GRPC_STATUS.unavailable],
    ['has left out all paths', { outcome: 'revoked', text: '' }, GRPC_STATUS.unavailable],
    ['refuses', { outcome: 'bad-question', text: 'why' }, GRPC_STATUS.invalidArgument],
    ['says nothing', { outcome: 'ok', text: '' }, GRPC_STATUS.internal],
    ['says what is no JSON', { outcome: 'ok', text: '{' }, GRPC_STATUS.internal],
    ['says something else', { outcome: 'ok', text: '{"a":[null]}' }, GRPC_STATUS.internal],
  ] as const)('has a status where the control service %s', async (_, said, code) => {
    for (const name of Object.keys(DAEMON_CALLS) as CallName[]) {
      expect(await codeOf(name, REQUESTS[name], askerOf(said))).toBe(code);
    }
  });

  it('has a status where an answer names what is no AS', async () => {
    const bad = (text: string | undefined): string => String(text).replaceAll(OWN, 'nowhere');
    const as = askerOf({ outcome: 'ok', text: bad(ANSWERS['as']) });
    expect(await codeOf('AS', new Uint8Array(), as)).toBe(GRPC_STATUS.internal);
    const paths = askerOf({ outcome: 'ok', text: bad(ANSWERS['host-paths']) });
    expect(await codeOf('Paths', pathsRequest(), paths)).toBe(GRPC_STATUS.internal);
  });
});
