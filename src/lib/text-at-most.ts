/**
 * The body of an answer, of somebody who might send without end.
 * @throws Error if it has more bytes than that, or breaks off
 */
export async function textAtMost(response: Response, maxBytes: number): Promise<string> {
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`The answer has more than ${maxBytes} bytes`);
    chunks.push(decoder.decode(chunk, { stream: true }));
  }
  return chunks.join("") + decoder.decode();
}
