/**
 * Mixing: the strategies of a mix, behind one interface. The only entry point for the rest of the
 * protocol.
 *
 * @module
 */
export { type MixingOptions, mixingConfig } from './config.ts';
export { createMixingStrategy } from './create.ts';
export { MIXING_DROP_REASONS, type MixingStrategy, type RequestedDelay } from './mixing.ts';
