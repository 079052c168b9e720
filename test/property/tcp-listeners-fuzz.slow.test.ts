/**
 * Mutated bytes at TCP listeners that strangers can reach, over live sockets: the authority
 * of a mixnet, and the coordinator of a deployment. They drop with reasons and close connections,
 * never throw, and continue to serve honest peers. The seed is in the title.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import { MIXNET_DROP_REASONS } from '../../nodes/mixnet/drops.ts';
import { DIRECTORY_PORT } from '../../nodes/mixnet/geometry.ts';
import {
  createAuthorityRecordReader,
  decodeDocumentRecord,
  encodeAuthorityRecord,
  encodeDocumentRecord,
  encodeDocumentRequest,
} from '../../nodes/mixnet/records.ts';
import { dialChannel } from '../../runner/distributed/channel/dial.ts';
import { encodeNoiseFrame } from '../../runner/distributed/channel/frames.ts';
import { dialHandshake } from '../../runner/distributed/channel/handshake.ts';
import { Experiment } from '../../runner/experiment/experiment.ts';
import { provisionRun } from '../../runner/nodes/run-provision.ts';
import { randomSecrets } from '../../runner/nodes/secret-source.ts';
import { type LiveRunWorld, makeLiveWorld } from '../../runner/worlds/live/live-world.ts';
import { nodeMachine } from '../../scenarios/open/node-machine.ts';
import { makeProtocolStackFinder } from '../../scenarios/open/nodes.ts';
import { GOOD, HOST, Lobby } from '../unit/runner/distributed/channel/support.ts';
import { load, registry } from '../unit/runner/fixture.ts';
import { type Place, sendAndHalfClose } from './half-closed.ts';
import { mutate } from './mutate.ts';

const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);
const INPUTS = Number(process.env['ORRERY_FUZZ_INPUTS'] ?? 100_000);
const AT_ONCE = 48;
const TIMEOUT_MS = 600_000;
const NOTHING = new Uint8Array(0);
const crypto = createCryptoProvider('node', { timing: 'constant' });

/**
 * Sends mutations of the messages from `draw`, several at a time; passes every answer to `look`.
 */
async function storm(
  place: Place,
  label: string,
  { draw, look }: { draw(number: number): Uint8Array; look(answer: Uint8Array): void },
): Promise<void> {
  const random = openRandomStream(SEED, 'test', label);
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (sent < INPUTS) {
      sent += 1;
      const number = sent;
      const genuine = draw(number);
      const input = mutate(genuine, random, { header: 6 });
      // Anything may follow a complete genuine message, which is answered first.
      const isGenuine = Buffer.compare(input.subarray(0, genuine.length), genuine) === 0;
      const answer = await sendAndHalfClose(place, input, number);
      if (!isGenuine) look(answer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

describe(`R-084: ${INPUTS} mutated streams, seed ${SEED}`, () => {
  const scenario = load('mixnet.yaml', {
    'topology.generate.width': '1',
    'topology.generate.providers': '1',
    'topology.generate.clients': '2',
    'options.mixnet.rates': '{ loop: 1/s, drop: 1/s, payload: 1/s, mixLoop: 0.1/s }',
    traffic: '[]',
    kpis: '{}',
  });
  const address = scenario.topology.hosts.find(({ name }) => name === 'authority')?.address ?? '';
  const authority: Place = { host: address, port: DIRECTORY_PORT };
  const failures: unknown[] = [];
  let world: LiveRunWorld['world'];
  let experiment: Experiment;

  beforeAll(async () => {
    const stackOf = makeProtocolStackFinder(scenario, registry);
    const onFailure = (error: unknown): void => void failures.push(error);
    ({ world } = makeLiveWorld({ scenario, seed: 1, crypto, stackOf, live: { onFailure } }));
    const seconds = Math.floor(Date.now() / 1_000);
    const secrets = randomSecrets();
    const provision = provisionRun({ scenario, seed: 1, stackOf, crypto, seconds, secrets });
    experiment = new Experiment({
      machine: nodeMachine,
      world,
      scenario,
      seed: 1,
      viewOf: (host): NetworkView => provision.viewOf(host),
      stackOf,
    });
    await world.sim.warm();
    world.sim.pump.enter(() => experiment.prepare());
    const isReady = (): boolean => experiment.node('authority')?.isReady?.() === true;
    while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 50));
  }, TIMEOUT_MS);
  afterAll(() => world.sim.close());

  /** The answer of the authority to an honest request for its document. */
  const asked = async (): Promise<string> => {
    const state = experiment.node('authority')?.status?.() ?? {};
    const [first = 0] = state['documents'] as readonly number[];
    let status = 'nothing';
    const reader = createAuthorityRecordReader(['document'], (_type, body) => {
      status = decodeDocumentRecord(body)?.status ?? 'malformed';
    });
    const answer = await sendAndHalfClose(authority, encodeDocumentRequest(first));
    expect(reader.read(answer, 0, answer.length)).toBe(true);
    return status;
  };

  it(
    'at the authority of a mixnet are answered or closed, and it serves on',
    async () => {
      expect(await asked()).toBe('here');
      const random = openRandomStream(SEED, 'test', 'records');
      const records = [
        encodeDocumentRequest(1),
        encodeAuthorityRecord('upload', random.bytes(300)),
        encodeDocumentRecord('here', random.bytes(500)),
        encodeAuthorityRecord('accepted', NOTHING),
      ];
      const answers = new Map<string, number>();
      await storm(authority, 'authority', {
        draw: (number) => records[number % records.length] as Uint8Array,
        look: (answer): void => {
          let kind = 'closed';
          const reader = createAuthorityRecordReader(
            ['document', 'refused', 'accepted'],
            (type) => {
              kind = type;
            },
          );
          expect(reader.read(answer, 0, answer.length)).toBe(true);
          answers.set(kind, (answers.get(kind) ?? 0) + 1);
        },
      });
      // No mutation is accepted as a descriptor, and some get beyond the header.
      expect([...answers.keys()].sort()).toEqual(['closed', 'document', 'refused']);
      expect(Math.min(...answers.values())).toBeGreaterThan(INPUTS / 50);
      const drops = world.nodeDrops();
      for (const reason of Object.keys(drops)) expect(MIXNET_DROP_REASONS).toHaveProperty(reason);
      const named = ['record-malformed', 'record-truncated', 'descriptor-refused'];
      for (const reason of named) expect(drops[reason]).toBeGreaterThan(INPUTS / 50);
      expect(failures).toEqual([]);
      expect(await asked()).toBe('here');
    },
    TIMEOUT_MS,
  );

  it(
    'at the coordinator of a deployment get no byte, and a holder of the key comes in',
    async () => {
      const lobby = new Lobby();
      const port = await lobby.open();
      let answered = 0;
      let opening: Uint8Array = NOTHING;
      await storm({ host: HOST, port }, 'coordinator', {
        // Each opening is mutated 64 times: to make one costs more than to refuse one.
        draw: (number) => {
          if (number % 64 === 1)
            opening = encodeNoiseFrame(dialHandshake(GOOD).writeMessage(NOTHING));
          return opening;
        },
        look: (answer): void => {
          answered += answer.length;
        },
      });
      expect(lobby.sides).toEqual([]);
      expect(new Set(lobby.refusals).size).toBeGreaterThan(2);
      expect(answered).toBe(0);
      const channel = await dialChannel({ host: HOST, port, ...GOOD });
      await lobby.until(({ sides }) => sides.length > 0);
      channel.close();
      await lobby.close();
    },
    TIMEOUT_MS,
  );
});
