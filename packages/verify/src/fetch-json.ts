import { VerifyError } from './verify-error.ts';

const TIMEOUT_MS = 5000;
// A key is 200 bytes and a user 500. What is much longer is something else.
const MAX_BYTES = 64 * 1024;

const readBounded = async (answer: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  const chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = answer.body ?? [];
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
  }
  return text;
};

/** The body of a JSON answer, whatever its status. Throws VerifyError UNAVAILABLE where none comes within 5 s. */
export const fetchJson = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  try {
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return JSON.parse(await readBounded(answer));
  } catch (cause) {
    throw new VerifyError('UNAVAILABLE', { message: `${new URL(url).origin} does not answer as it should`, cause });
  }
};
