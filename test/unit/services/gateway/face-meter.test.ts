/** What the servers of a gateway measure, before a gateway that the test plays. */
import { expect, it } from 'vitest';
import {
  GrpcMeter,
  HttpMeter,
  PacketQueue,
  publishedText,
  startGatewayServer,
} from '../../../../services/gateway/index.ts';
import { PlayedGateway } from './played-gateway.ts';

it('R-063 counts requests, times, bytes and connections of the HTTP server', async () => {
  const node = new PlayedGateway();
  const meter = new HttpMeter();
  const server = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0, meter },
    ...{ packetBytesMax: 65_536, connectionsMax: 100, idleMs: 5_000 },
  });
  const at = `http://127.0.0.1:${server.port}`;
  for (const path of ['/health', '/health', '/nowhere']) await (await fetch(at + path)).text();
  const text = publishedText(meter.read());
  const requests = 'betanet_gateway_htx_requests_total{method="GET"';
  expect(text).toContain(`${requests},status="404",protocol="HTTP/1.1"} 1\n`);
  expect(text).toMatch(/htx_requests_total\{method="GET",status="\d+",protocol="HTTP\/1.1"\} 2\n/);
  expect(text).toContain('htx_response_time_seconds_count{method="GET",status="404"} 1\n');
  expect(text).toMatch(/htx_bytes_total\{direction="in",protocol="http"\} [1-9]\d+\n/);
  expect(text).toMatch(/htx_connections\{protocol="http",state="open"\} [1-9]\n/);
  await server.close();
  await expect.poll(() => publishedText(meter.read())).toContain('state="open"} 0\n');
});

it('R-063 counts calls and errors of the gRPC server', () => {
  const meter = new GrpcMeter();
  meter.connections = (): number => 2;
  meter.answered('Stats', 'OK', performance.now());
  meter.answered('Stats', 'UNAVAILABLE', performance.now());
  const text = publishedText(meter.read());
  expect(text).toContain('gateway_requests_total{method="Stats",result="OK"} 1\n');
  expect(text).toContain(
    'gateway_request_errors_total{method="Stats",error_type="UNAVAILABLE"} 1\n',
  );
  expect(text).toContain('gateway_request_duration_seconds_count{method="Stats"} 2\n');
  expect(text).toContain('gateway_active_connections 2\n');
});
