/**
 * Accounting of differential privacy, usable without a federation. This file exports what commands
 * and other programs may use; the protocol itself imports the other files of the folder.
 *
 * @module
 */
export { PrivacyAccountant } from './accountant.ts';
export type { PrivacySettings } from './settings.ts';
