/** The test of mutated HTTP with 100,000 inputs for each protocol. @module */
process.env['ORRERY_FUZZ_INPUTS'] ??= '100000';
await import('./http-fuzz.slow-wall.test.ts');
