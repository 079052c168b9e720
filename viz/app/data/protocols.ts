/**
 * The protocols of this package that provide drawings: every `nodes/<p>/viz.ts`.
 *
 * @module
 */
import type { ProtocolViz } from '../../format/drawing.ts';
import { sortPlugIns } from './plug-ins.ts';

/** All protocols that provide drawings, sorted by name. */
export const PROTOCOLS: readonly ProtocolViz[] = sortPlugIns(
  import.meta.glob<{ readonly viz: ProtocolViz }>('../../../nodes/*/viz.ts', { eager: true }),
);

/** The protocols whose nodes remove a layer of encryption from each packet that they forward. */
export const PEELING_PROTOCOLS: ReadonlySet<string> = new Set(
  PROTOCOLS.flatMap(({ protocol, peels }) => (peels === true ? [protocol] : [])),
);
