/**
 * The protocols under attack by peers with genuine keys.
 *
 * @module
 */
import { dtn } from './dtn.ts';
import { fabric } from './fabric.ts';
import { federated } from './federated.ts';
import { gateway } from './gateway.ts';
import { mixnet } from './mixnet.ts';
import { scion } from './scion.ts';
import type { SealedCase } from './victim.ts';

export const SEALED: readonly SealedCase[] = [dtn, fabric, federated, gateway, scion, mixnet];
