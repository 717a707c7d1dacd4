/** The text of a body of `limit` bytes at most; undefined when there is more, which is then not read any further. */
export const readBounded = async (response: Response, limit: number): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | Uint8Array[] = response.body ?? [];
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
