import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { HostileRequest } from './hostile-requests.ts';

export interface Received {
  readonly sent: HostileRequest;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const BODY_LIMIT = 64 * 1024;

const sendOne = async (url: string, agent: Agent, sent: HostileRequest): Promise<Received | undefined> => {
  const { method, path, headers, body } = sent;
  const length = method === 'GET' ? {} : { 'content-length': body.length };
  const outgoing = httpRequest(url + path, { agent, method, headers: { ...headers, ...length } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject);
  });
  outgoing.end(body);
  try {
    const answer = await answered;
    const text = (await answer.setEncoding('utf8').toArray()).join('');
    return { sent, status: answer.statusCode ?? 0, headers: answer.headers, text };
  } catch (error) {
    // Whoever sends too much may be hung up on before the answer is read.
    if (body.length > BODY_LIMIT) return undefined;
    throw error;
  }
};

/** Sends raw requests over a few connections and hands every answer to `check`, until one throws. */
export const sendAll = async (
  url: string,
  requests: readonly HostileRequest[],
  check: (received: Received) => void,
): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const queue = requests[Symbol.iterator]();
  const work = async () => {
    for (const sent of queue) {
      const received = await sendOne(url, agent, sent);
      if (received !== undefined) check(received);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  agent.destroy();
};
