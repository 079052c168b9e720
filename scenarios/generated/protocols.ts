/**
 * The protocols under nodes/, sorted by name: written by `npm run protocols`.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { protocol as bulk } from '../../nodes/bulk/index.ts';
import { protocol as controlService } from '../../nodes/control-service/index.ts';
import { protocol as datagram } from '../../nodes/datagram/index.ts';
import { protocol as dtn } from '../../nodes/dtn/index.ts';
import { protocol as fabric } from '../../nodes/fabric/index.ts';
import { protocol as federated } from '../../nodes/federated/index.ts';
import { protocol as gateway } from '../../nodes/gateway/index.ts';
import { protocol as mixnet } from '../../nodes/mixnet/index.ts';
import { protocol as navigator } from '../../nodes/navigator/index.ts';
import { protocol as ping } from '../../nodes/ping/index.ts';
import { protocol as scion } from '../../nodes/scion/index.ts';
import { protocol as vault } from '../../nodes/vault/index.ts';

/** Protocols that are part of Orrery: README.md has a row for each. */
export const SHIPPED: readonly Protocol[] = [
  bulk as unknown as Protocol,
  controlService as unknown as Protocol,
  datagram as unknown as Protocol,
  dtn as unknown as Protocol,
  fabric as unknown as Protocol,
  federated as unknown as Protocol,
  gateway as unknown as Protocol,
  mixnet as unknown as Protocol,
  navigator as unknown as Protocol,
  ping as unknown as Protocol,
  scion as unknown as Protocol,
  vault as unknown as Protocol,
];

/** Folders of protocols that users added; they are loaded so that their mistakes and crashes are blamed on their authors. */
export const ADDED: readonly string[] = [];
