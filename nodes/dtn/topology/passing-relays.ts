/**
 * Generates clients that never meet each other, and relays that visit all clients in turn, as
 * ferries and satellites do. After a period, each relay begins its tour again.
 *
 * @module
 */
import { z } from 'zod';
import type {
  GeneratedLink,
  GeneratedTopology,
  TopologyGenerator,
} from '../../../engine/host/generator.ts';
import { durationNsSchema } from '../../_kit/options.ts';
import { wholeNumberSchema } from '../../_kit/whole-number.ts';

const MINUTE_NS = 60_000_000_000;

const parameters = z.strictObject({
  clients: wholeNumberSchema('a number of clients such as 12', { min: 1, max: 10_000 }).default(12),
  relays: wholeNumberSchema('a number of relays such as 2', { min: 1, max: 100 }).default(2),
  period: durationNsSchema()
    .refine((ns) => ns >= MINUTE_NS / 60_000, { message: 'is below 1ms' })
    .default(MINUTE_NS)
    .meta({ description: 'Time in which a relay passes all clients. Default 1min.' }),
});
type Parameters = z.output<typeof parameters>;

/** Generates the clients and relays, by `generate: { kind: relays }`. */
export const relaysGenerator: TopologyGenerator<Parameters> = {
  name: 'relays',
  parameters,
  size: ({ clients, relays }) => ({ nodes: clients + relays, links: clients * relays }),
  generate,
};

function generate({ clients, relays, period }: Parameters): GeneratedTopology {
  const clientNames = Array.from({ length: clients }, (_, index) => `client-${index + 1}`);
  const relayNames = Array.from({ length: relays }, (_, index) => `relay-${index + 1}`);
  const links = relayNames.flatMap((relay, ahead) =>
    clientNames.map((client, place): GeneratedLink => {
      // The relays begin their tours at instants that are spread evenly over the period.
      const step = (place + Math.floor((ahead * clients) / relays)) % clients;
      const startNs = Math.floor((step * period) / clients);
      const endNs = Math.floor(((step + 1) * period) / clients);
      return {
        ends: [client, relay],
        both: { contacts: { windows: [{ startNs, endNs }], periodNs: period } },
      };
    }),
  );
  return { nodes: [...clientNames, ...relayNames].map((name) => ({ name })), links };
}
