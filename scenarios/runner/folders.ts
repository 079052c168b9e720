/**
 * Folders of the shipped files, from where this file stands.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import type { Folders } from '../../topologies/files/registry.ts';

const ROOT = new URL('../../', import.meta.url);

/** Scenarios and topologies of the project or package. */
export const PROJECT_FOLDERS: Folders = {
  scenarios: fileURLToPath(new URL('scenarios', ROOT)),
  topologies: fileURLToPath(new URL('topologies', ROOT)),
};
