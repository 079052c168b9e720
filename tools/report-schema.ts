/**
 * Writes `schemas/report.schema.json` from the zod schema of the report. A test fails if the file
 * is older than the code.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportJsonSchema } from '../reports/report-schema.ts';

const file = fileURLToPath(new URL('../schemas/report.schema.json', import.meta.url));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
console.log('schemas/report.schema.json');
