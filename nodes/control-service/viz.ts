/**
 * The drawings of control services: how beacons spread, their certificates, and the interfaces that they believe to be
 * down. They draw from the states of `trace-states.ts`.
 *
 * @module
 */
import type { ProtocolViz } from '../../viz/format/drawing.ts';
import { isAsTraced } from './viz-ases.ts';
import { drawCertificates } from './viz-certificates.ts';
import { drawRevocations } from './viz-revocations.ts';
import { drawSpreading } from './viz-spreading.ts';

/** The drawings of control services. */
export const viz: ProtocolViz = {
  protocol: 'control-service',
  views: [
    { name: 'beacons', title: 'How beacons spread', applies: isAsTraced, draw: drawSpreading },
    { name: 'certificates', title: 'Certificates', applies: isAsTraced, draw: drawCertificates },
    { name: 'revocations', title: 'Revocations', applies: isAsTraced, draw: drawRevocations },
  ],
};
