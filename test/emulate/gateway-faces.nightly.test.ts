/** The test of the servers of gateways with a soak of ten minutes. @module */
process.env['ORRERY_FACES_SECONDS'] ??= '600';
await import('./gateway-faces.slow-wall.test.ts');
