/**
 * The protocols of this package that draw themselves: every `nodes/<p>/viz.ts`.
 *
 * @module
 */
import type { ProtocolViz } from '../../format/drawing.ts';
import { plugIns } from './plug-ins.ts';

/** All of them, by name. */
export const PROTOCOLS: readonly ProtocolViz[] = plugIns(
  import.meta.glob<{ readonly viz: ProtocolViz }>('../../../nodes/*/viz.ts', { eager: true }),
);
