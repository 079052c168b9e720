/**
 * SCION border router: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../_kit/options.ts';
import {
  BFD_DESIRED_MIN_TX_NS,
  BFD_DETECT_MULTIPLIER,
  BFD_INTERVAL_UNIT_NS,
  BFD_REQUIRED_MIN_RX_NS,
} from './bfd/geometry.ts';
import { DISPATCHED_PORTS } from './router/geometry.ts';
import { SERVICE_NUMBERS } from './wire/host-address.ts';

const PORT_MAX = 65_535;
const PORT_RANGE = /^(\d{1,5})-(\d{1,5})$/;
const ADDRESS_AND_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;
const BFD_INTERVAL_MAX_NS = 60_000_000_000;

const bfdInterval = durationNsSchema().refine(
  (ns) => ns >= BFD_INTERVAL_UNIT_NS && ns <= BFD_INTERVAL_MAX_NS,
  { message: 'is not between 1us and 60s' },
);

/** Schema of a range of ports, `first-last`, both included. */
export const portRangeSchema = z.string().transform((text, context) => {
  const [, first, last] = PORT_RANGE.exec(text)?.map(Number) ?? [];
  if (first !== undefined && last !== undefined && first <= last && last <= PORT_MAX) {
    return { first, last };
  }
  const message = `${text} is not a range of ports such as 31000-32767`;
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});

const instance = z.string().transform((text, context) => {
  const [, address, port] = ADDRESS_AND_PORT.exec(text) ?? [];
  if (address !== undefined && Number(port) <= PORT_MAX) return { address, port: Number(port) };
  const message = `${text} is not an address and port such as 127.1.0.100:30252`;
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});

const serviceNames = z.enum(
  Object.keys(SERVICE_NUMBERS) as [
    keyof typeof SERVICE_NUMBERS,
    ...(keyof typeof SERVICE_NUMBERS)[],
  ],
);

/** Schema of the options of `scion` nodes. */
export const routerConfig = z.strictObject({
  /** Whether packets that exceed the egress link's MTU are answered with SCMP PacketTooBig. */
  mtuCheck: z.boolean().default(true),
  /** Monitor links with BFD; `false` treats every link as up. */
  bfd: z
    .union([
      z.literal(false),
      z.strictObject({
        /** Number of intervals without a packet after which a link is down. */
        detectMultiplier: z.int().min(1).max(255).default(BFD_DETECT_MULTIPLIER),
        /** Desired interval between sent packets. */
        desiredMinTx: bfdInterval.default(BFD_DESIRED_MIN_TX_NS),
        /** Shortest supported interval between received packets. */
        requiredMinRx: bfdInterval.default(BFD_REQUIRED_MIN_RX_NS),
      }),
    ])
    .default({
      detectMultiplier: BFD_DETECT_MULTIPLIER,
      desiredMinTx: BFD_DESIRED_MIN_TX_NS,
      requiredMinRx: BFD_REQUIRED_MIN_RX_NS,
    }),
  /**
   * Ports of hosts to which packets are delivered directly, `first-last`; others go to the end-host
   * port.
   */
  dispatchedPorts: portRangeSchema.default(DISPATCHED_PORTS),
  scmp: z
    .strictObject({
      /** Whether SCMP errors and replies to signed traceroute requests are signed. */
      authentication: z.boolean().default(false),
    })
    .default({ authentication: false }),
  /** The instances of each service in this AS, for example `CS: [127.1.0.100:30252]`. */
  services: z.partialRecord(serviceNames, z.array(instance)).default({}),
});

/** The checked options of a `scion` node. */
export type RouterOptions = z.output<typeof routerConfig>;
