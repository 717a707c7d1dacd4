import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorCatalogue } from '@moonlight/contracts';
import type { ConnectionError } from 'fastify';

/**
 * Answers what Node could not read as HTTP, or gave up waiting for, in the envelope of every other refusal. There is no
 * request yet, so the answer is written to the connection, which ends.
 */
export const refuseUnreadable = (error: ConnectionError, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = error.code === 'HPE_HEADER_OVERFLOW' ? 'PAYLOAD_TOO_LARGE' : 'VALIDATION_FAILED';
  const { status, message } = errorCatalogue[code];
  const requestId = randomUUID();
  const body = JSON.stringify({ code: status, message: message.en, error: code, request_id: requestId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
