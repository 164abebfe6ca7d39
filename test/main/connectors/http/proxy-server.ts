import * as http from 'node:http';
import * as net from 'node:net';
import { bind } from './servers.js';

export interface TestProxy {
  readonly port: number;
  /** `CONNECT name:port` and `GET http://...`, as asked. */
  readonly asked: string[];
  readonly credentials: (string | undefined)[];
  /** Requests as they came, to look for secrets in them. */
  readonly raw: http.IncomingHttpHeaders[];
}

/** A proxy that leads every name to one port of this machine. With a status it refuses everything. */
export async function startProxy(targetPort: number, refuseWith?: number | 'silence' | 'hang-up'): Promise<TestProxy> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const raw: http.IncomingHttpHeaders[] = [];
  const note = (request: http.IncomingMessage): void => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    credentials.push(request.headers['proxy-authorization']);
    raw.push(request.headers);
  };
  const server = http.createServer((request, response) => {
    note(request);
    if (typeof refuseWith === 'number') {
      response.writeHead(refuseWith, { 'content-type': 'text/html' }).end('<html>proxy</html>');
      return;
    }
    const { 'proxy-authorization': _dropped, ...headers } = request.headers;
    const url = new URL(request.url ?? '');
    const onward = http.request(
      { host: '127.0.0.1', port: targetPort, method: request.method, path: url.pathname + url.search, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
    note(request);
    client.on('error', () => undefined);
    if (refuseWith === 'silence') return;
    if (refuseWith === 'hang-up') {
      client.destroy();
      return;
    }
    if (refuseWith !== undefined) {
      client.end(`HTTP/1.1 ${String(refuseWith)} No\r\ncontent-type: text/html\r\n\r\n<html>proxy</html>`);
      return;
    }
    const onward = net.connect(targetPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
  });
  return { port: await bind(server), asked, credentials, raw };
}
