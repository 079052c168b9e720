/**
 * Mixing: the strategies of a mix, behind one interface. The only entry point for the rest of the
 * protocol.
 *
 * @module
 */
export { type MixingOptions, mixingConfig } from './config.ts';
export { createMixing } from './create.ts';
export { type AskedDelay, MIXING_DROPS, type Mixing } from './mixing.ts';
