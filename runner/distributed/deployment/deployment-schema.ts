/**
 * The schema of a deployment file: where the coordinator listens, and which node runs on which machine.
 *
 * It checks the shapes of single entries; `deployment.ts` checks them against the topology.
 * `schemas/deployment.schema.json` is generated from here.
 *
 * @module
 */
import { z } from 'zod';
import { trafficSchema } from '../../../scenarios/files/traffic-schema.ts';
import {
  enumLeaf,
  type Leaf,
  leafMistakeResult,
  makeLeafSchema,
  patternLeaf,
  shorten,
  textLeaf,
  wrongShapeResult,
} from '../../../topologies/files/leaf.ts';
import { wholeNumberLeaf } from '../../../topologies/files/quantity.ts';

const PORT_MAX = 65_535;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const ENDPOINT = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*)):(\d{1,5})$/;

/** A TCP address on which a process listens. */
export interface HostPort {
  /** Address or name, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

function endpoint(): Leaf<HostPort> {
  const expects = 'a host and a port such as 192.0.2.10:7000';
  const json = { type: 'string', pattern: ENDPOINT.source };
  return makeLeafSchema(expects, json, (value) => {
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    const [, six, name, digits] = ENDPOINT.exec(value) ?? [];
    const host = six ?? name;
    if (host === undefined) {
      return leafMistakeResult(
        'E103',
        `"${shorten(value)}" is not ${expects}`,
        'IPv6 as [2001:db8::1]:7000',
      );
    }
    const port = Number(digits);
    if (port >= 1 && port <= PORT_MAX) return { value: { host, port } };
    return leafMistakeResult('E104', `port ${port} is not a port, expected 1 to ${PORT_MAX}`);
  });
}

const LEVEL = '(?:[a-z][a-z0-9._-]{0,62}:)?(?:debug|info|warn|error)';
/** The values that `ORRERY_LOG` accepts. Each part ends at a comma, so that matching takes linear time. */
const LEVELS = new RegExp(`^${LEVEL}(?:, ?${LEVEL}){0,63}$`);

// IPv4 only, as in topologies, because nodes use IPv4 sockets.
const address = (): Leaf<string> =>
  patternLeaf(
    'an IPv4 address such as 192.0.2.11',
    IPV4,
    'the address of the machine on which the node runs',
  );

const levels = (): Leaf<string> =>
  patternLeaf(
    'levels such as warn,gateway:debug',
    LEVELS,
    'debug, info, warn or error, for all or for a component: gateway:debug',
  );

const operatorSchema = z
  .strictObject({
    port: wholeNumberLeaf('a port such as 9100', {
      min: 1,
      minText: '1',
      max: PORT_MAX,
      maxText: String(PORT_MAX),
    }).meta({ description: 'TCP port on the loopback address of its machine.' }),
  })
  .meta({ description: 'Endpoint for the operator of the node: health, metrics and settings.' });

const hostSchema = z
  .union([
    address(),
    z.strictObject({
      address: address().meta({ description: 'Address of the machine on which the node runs.' }),
      operator: operatorSchema.optional(),
    }),
  ])
  .meta({ description: 'Address of a node, alone or with its operator port.' });

/** The error message for a file without `coordinator`, unless it is for nodes that run alone. */
export const COORDINATOR_MISSING = 'missing, expected a host and a port such as 192.0.2.10:7000';

/** The schema of a deployment file. */
export const deploymentSchema = z
  .strictObject({
    coordinator: endpoint()
      .optional()
      .meta({
        description:
          'Where the coordinator listens for the nodes (TCP). Nodes that run alone have none.',
        examples: ['192.0.2.10:7000'],
      }),
    keys: textLeaf('the path of a folder of keys such as keys').meta({
      description:
        'Folder with the keys of the deployment, relative to the folder of this file. ' +
        '`orrery node TOPOLOGY --new-keys FOLDER` makes them.',
    }),
    hosts: z
      .record(z.string(), hostSchema)
      .optional()
      .meta({ description: 'Nodes of the topology that run on other machines, by name.' }),
    log: levels().optional().meta({
      description: 'Levels of the nodes’ logs, as in ORRERY_LOG; read again on SIGHUP.',
    }),
    shape: enumLeaf(['links', 'off']).optional().meta({
      description:
        'links: senders add delay, loss and rate of the topology; off: the real network.',
      default: 'links',
    }),
    traffic: z.array(trafficSchema).optional().meta({
      description:
        'Traffic of nodes that run alone, as in a scenario; each node sends what is from it.',
    }),
  })
  .meta({ title: 'Orrery deployment', description: 'Which node runs where, and who starts them.' });

/** A deployment file as parsed by the schema. */
export type DeploymentInput = z.infer<typeof deploymentSchema>;
