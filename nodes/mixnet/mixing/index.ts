/**
 * Mixing: the strategies of a mix, behind one interface. The other folders of the protocol import
 * only this module.
 *
 * @module
 */
export { type MixingOptions, mixingConfig } from './config.ts';
export { createMixingStrategy } from './create.ts';
export { MIXING_DROP_REASONS, type MixingStrategy, type RequestedDelay } from './mixing.ts';
